// English: the BatchNorm lab.

const photos = (n: number) => (n === 1 ? '1 photo' : `${n} photos`);

export const lab = {
  lead: 'Which statistics scale a photo, and does its answer depend on the photos beside it? Try it with your own: one photo, three times, with other company each time, through all four settings of BatchNorm’s two switches.',
  copy: 'All of it happens on a copy. Your photos, the trunk and your head stay as they are.',
  needs: {
    head: 'The lab asks the live head. Show it photos of at least two classes first.',
    photos: (least: number, n: number) =>
      `The lab needs at least ${least} photos, and there ${n === 1 ? 'is' : 'are'} ${n}.`,
    teach: 'Teach',
  },
  photo: {
    title: 'The photo',
    choose: 'Choose another photo',
    of: (name: string) => `A photo of ${name}`,
    nth: (n: number, name: string) => `Photo ${n} of ${name}`,
    doubtful: 'Those it is least sure of',
    nthDoubtful: (n: number, name: string) => `Doubtful photo ${n}, of ${name}`,
  },
  mates: {
    title: 'Its batch-mates',
    own: 'Its own class',
    other: 'Other classes',
    mixed: 'A mix',
    hint: 'Each set goes through the trunk in one batch with the photo.',
    shuffle: 'Other mates',
    shuffled: 'Other mates were drawn.',
    of: (n: number, name: string) => `${photos(n)} of ${name}`,
  },
  run: 'Run all four',
  again: 'Run again',
  progress: {
    preparing: 'Getting ready…',
    step: (done: number, of: number) => `Step ${done} of ${of}`,
    started: 'The experiment has started.',
    stopped: 'Stopped. Nothing has changed.',
  },
  result: {
    title: 'What came of it',
    verdict: {
      same: (answer: string) => `${answer} with all of them: the same to the bit.`,
      sameNone: 'The same to the bit with all of them.',
      shifts: (label: string, from: string, to: string) =>
        `Stays ${label}, but moves from ${from} to ${to} with its mates.`,
      changes: (from: string, to: string) => `Changes from ${from} to ${to} with its mates.`,
    },
    with: { own: 'its own', other: 'others', mixed: 'a mix', alone: 'alone' },
    answers: 'Its answer',
    scaledBy: 'Scaled by',
    by: { batch: 'the mean and variance of this batch', stored: 'the stored mean and variance' },
    statistics: 'Stored statistics',
    moved: (n: number, of: number) =>
      n === 0 ? `0 of ${of} layers moved` : `${n} of ${of} layers moved in one call`,
    strip: 'How far each layer moved, the input on the left: the mean upwards, the variance downwards',
    most: (mean: string, variance: string) =>
      `A mean by up to ${mean} of a standard deviation, a variance by up to ${variance}. A training makes hundreds of such calls.`,
    weights: 'Gamma and beta',
    learnt: (n: number, of: number) => (n === 0 ? 'stay' : `learn in ${n} of ${of} layers`),
    doubtful: 'A photo that it is less sure of shows it better.',
    rule: 'The other three are alike, and that is Keras’s rule: a BatchNorm layer that is not `trainable` runs in inference mode, and with `training=False` any layer does. All that is left to tell them apart is whether gamma and beta learn.',
    noRule: 'This is not what Keras’s rule asks for. Please report it.',
  },
  explain: {
    title: 'What the two switches do',
    trainable:
      '`base_model.trainable = False` takes gamma and beta, and every other weight, out of the reach of gradient descent.',
    training:
      '`base_model(x, training=False)` scales by the stored mean and variance. With `True` it is those of the batch, and the stored ones take a step towards them.',
    rule: 'They are independent but for one rule: a BatchNorm layer that is not `trainable` runs in inference mode, even when it is called with `training=True`. So freezing keeps its statistics too. A layer that is unfrozen and called with `training=True` scales each photo by its company, and moves what is stored with every call, until it has forgotten what it was trained with. Hence Keras’s advice: fine-tune with `training=False`.',
    stock:
      'Stock TensorFlow.js does not keep to the rule: its frozen layers scale by the batch, and their statistics move. Topwork proves after each training, by digest, that here they did not.',
    table: 'The table of all four, and the stored statistics',
  },
  beyond: 'See on your own photos what BatchNorm’s trainable and training do.',
  fromTrunk: 'Try it with your own photos',
};
