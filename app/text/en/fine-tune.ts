// English: fine-tuning.

const blocks = (n: number) => (n === 1 ? '1 block' : `${n} blocks`);
const layers = (n: number) => (n === 1 ? '1 layer' : `${n} layers`);

export const fineTune = {
  title: 'Fine-tuning',
  hint: 'Trains the upper blocks of the trunk together with a head. It takes longer than a head alone, and with few photos it is seldom better: compare the two before you keep one.',
  missing: 'The trunk appears here when the model has loaded.',
  noLine: 'This trunk cannot be fine-tuned here: below the head there is no second block to leave frozen.',
  stack: {
    title: 'What stays, and what learns',
    line: 'Line between frozen and trainable blocks',
    /** What the slider says. */
    value: (frozen: string, trainable: string) => `Frozen up to ${frozen}; trainable: ${trainable}`,
    range: (first: string, last: string) => (first === last ? first : `${first} to ${last}`),
    help: 'Drag the line, or move it with the arrow keys.',
    photo: 'Photo',
    head: 'Head',
    reads: (layer: string) => `reads ${layer}`,
    unused: (n: number) => `${blocks(n)} above it ${n === 1 ? 'is' : 'are'} not used`,
    frozen: 'Frozen',
    trainable: 'Trainable',
    frozenMeans: (n: number, names: string) => `${blocks(n)}, ${names}. Weights and statistics stay.`,
    trainableMeans: (n: number, names: string) => `${blocks(n)}, ${names}. Weights learn from your photos.`,
    size: (side: number) =>
      `A tall block computes much; a wide one sees the picture in fine detail. Beside it: height × width × channels of what it makes of a photo of ${side}\u00a0×\u00a0${side}\u00a0px.`,
  },
  reads: {
    label: 'The head reads',
    hint: 'The layer whose features it gets. Nothing above it is used.',
    usual: (layer: string) => `${layer} (usual)`,
    end: (layer: string) => `${layer} (end of the trunk)`,
    others: 'Ends of other blocks',
  },
  cost: {
    title: 'What it costs',
    measuring: 'Measuring one step on this device…',
    time: 'Time',
    seconds: (n: string) => `about ${n}\u00a0s`,
    minutes: (n: string) => `about ${n}\u00a0min`,
    hours: (n: string) => `about ${n}\u00a0h`,
    memory: 'Memory',
    file: 'File of the head',
    weights: 'Weights that learn',
    tooLarge: (bytes: string, most: string) =>
      `This head would take ${bytes}, and a head may have ${most}. Move the line up, so that fewer blocks learn.`,
    moveUp: 'The head would be too large: move the line up.',
    failed: 'It could not be measured.',
    wrong: 'It is measured as soon as all settings are numbers that may be.',
  },
  fields: {
    epochs: { label: 'Epochs', hint: 'How often it goes through all photos, at most.' },
    learningRate: {
      label: 'Learning rate',
      hint: 'How large a correction is. Small here: the trunk already knows a lot, and should not forget it.',
    },
    augment: {
      label: 'Vary the photos',
      hint: 'Learns from each photo mirrored, cropped and in other colours too, so that few photos go further.',
    },
    batchSize: { label: 'Batch size', hint: 'How many photos it looks at before each correction.' },
    optimizer: {
      label: 'Optimizer',
      hint: 'How corrections are made: Adam adapts to each weight, SGD goes straight downhill.',
      choices: { adam: 'Adam', sgd: 'SGD with momentum' },
    },
    weightDecay: {
      label: 'Weight decay',
      hint: 'Pulls weights towards zero a little, against learning by heart. 0: not at all.',
    },
    validation: {
      label: 'Held back, in per cent',
      hint: 'Share of the photos that it does not learn from, to see how well it does. Whole bursts.',
    },
    patience: {
      label: 'Stop early after',
      hint: 'So many epochs without getting better on what is held back; it goes back to the best in any case. 0: never.',
    },
    seed: { label: 'Seed', hint: 'Where chance starts.' },
  },
  batchNorm: {
    title: 'BatchNorm above the line',
    trainable: {
      label: 'trainable',
      hint: 'Gamma and beta, the scale and shift of each channel, learn too.',
    },
    training: {
      label: 'training',
      hint: 'Normalises with the statistics of each batch instead of the stored ones, and moves the stored ones towards them.',
    },
    ruins:
      'Batch statistics usually ruin a small training. On the tested trunk, with 50 photos a class, 73 % were right with stored statistics and 46 % with those of the batches.',
    noEffect:
      'Without “trainable” this changes nothing: a frozen BatchNorm layer keeps to its stored statistics, as in Keras.',
  },
  explained: {
    title: '“trainable” and “training”: what they do',
    /** What stands between backticks is code. */
    paragraphs: [
      'In Keras, `base_model.trainable = False` freezes all weights. A frozen BatchNorm layer also runs in inference mode: it normalises with its stored mean and variance, and these do not move.',
      '`base_model(x, training=False)` says the same for one call: stored statistics, whatever `trainable` says. It stops no weight from learning.',
      'The trap comes with unfreezing. A BatchNorm layer that is `trainable` again and called with `training=True` normalises by the few photos of a batch and moves its statistics towards them. What the layers above had learnt then no longer fits.',
      'So Topwork does what Keras advises: below the line everything is frozen; above it, weights, gamma and beta learn, and statistics stay as stored (`training=False`). Afterwards it compares, bit by bit, whether what had to stay has stayed.',
    ],
  },
  start: 'Fine-tune',
  photosThrough: (done: number, of: number) => `Photos through the frozen blocks: ${done} of ${of}`,
  epochsDone: (n: number, of: number) => `${n} of ${of} epochs done`,
  before: {
    name: 'Before, at the same layer',
    verdict: {
      better: 'Fine-tuning has made it better than chance alone would explain.',
      worse: 'Fine-tuning has made it worse than chance alone would explain.',
      alike: 'Whether fine-tuning has helped cannot be told with so few photos held back.',
      unknown: 'Whether fine-tuning has helped cannot be said: nothing was held back.',
    },
  },
  noBetter: 'No epoch was better than none: what you can keep is the head from before fine-tuning.',
  bestEpoch: (n: number) => `Its weights are those of epoch ${n}, the best on the photos held back.`,
  proof: {
    title: 'Checked: what was frozen has stayed',
    below: (n: number) =>
      `The ${blocks(n)} below the line were out of reach: the training never touches their weights or statistics.`,
    statistics: 'Above the line, all statistics were compared before and after: not a bit has changed.',
    moved: (n: number) =>
      `Above the line, the statistics of ${layers(n)} have moved, as the two flags said; everything else that was frozen has not changed by a bit.`,
    details: 'The proof in detail',
    frozenWeights: 'Digest of the frozen weights above the line',
    frozenStatistics: 'Digest of the frozen statistics above the line',
    movedLayers: 'Layers whose statistics moved',
    none: 'none',
  },
  brokenOff: {
    title: 'A training was broken off',
    words: (epoch: number, of: number, when: string) => `It had come to epoch ${epoch} of ${of}, ${when}.`,
    resume: 'Go on',
    forget: 'Forget it',
    forgotten: 'Forgotten.',
    today: (time: string) => `today at ${time}`,
    yesterday: (time: string) => `yesterday at ${time}`,
  },
};
