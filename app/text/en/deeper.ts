// English: deeper.

export const deeper = {
  title: 'Train it yourself',
  intro:
    'You need none of this: the live head learns along by itself, and with few photos it is hard to beat. Here you can train another one the classic way, watch it learn, and keep it if it is better.',
  kept: {
    title: 'A head you kept answers',
    source: {
      trained: (when: string) => `Trained here, ${when}.`,
      synced: (when: string) => `It came from your server, ${when}.`,
      imported: (when: string) => `It came with a file, ${when}.`,
    },
    made: (photos: string, classes: string) => `It was made from ${photos} of ${classes}.`,
    still: 'It stays as it is, whatever photos you add; the live head goes on learning.',
    discard: 'Go back to the live head',
    discarded: 'The live head answers again.',
  },
  softmax: {
    title: 'Classic training',
    hint: 'Goes through the photos again and again, and corrects itself a little each time (softmax regression by gradient descent).',
  },
  form: {
    presets: 'Start from',
    preset: { quick: 'Quick', teachableMachine: 'Teachable Machine’s recipe' },
    fields: {
      epochs: { label: 'Epochs', hint: 'How often it goes through all photos.' },
      batchSize: { label: 'Batch size', hint: 'How many photos it looks at before each correction.' },
      learningRate: {
        label: 'Learning rate',
        hint: 'How large a correction is. Too large, and it never settles; too small, and it takes for ever.',
      },
      hidden: {
        label: 'Hidden units',
        hint: 'Size of a layer in between, which can learn more and needs more photos. 0 leaves it out.',
      },
      seed: {
        label: 'Seed',
        hint: 'Where chance starts. The same photos, settings and seed give the same head.',
      },
      validation: {
        label: 'Held back, in per cent',
        hint: 'Share of the photos that it does not learn from, to see how well it does. Whole bursts.',
      },
      patience: {
        label: 'Stop early after',
        hint: 'So many epochs without getting better on what is held back; then it goes back to the best. 0: never.',
      },
      standardize: {
        label: 'Even out the features',
        hint: 'Gives each feature the same weight at the start, so that it learns faster.',
      },
      balance: {
        label: 'Let classes weigh the same',
        hint: 'A class with few photos then counts as much as one with many.',
      },
    },
    more: 'More settings',
    wrong: (min: string, max: string, whole: boolean) =>
      `${whole ? 'A whole number' : 'A number'} from ${min} to ${max}, please.`,
    notReady: 'Show it photos of at least two classes first.',
    busy: 'Another training is going on. Wait for it, or stop it.',
    train: 'Train',
  },
  progress: {
    preparing: 'Getting ready…',
    epoch: (n: number, of: number) => `Epoch ${n} of ${of}`,
    stop: 'Stop',
    started: 'Training has started.',
    ended: {
      none: '',
      running: '',
      trained: 'Training is done.',
      stopped: 'Training was stopped.',
      diverged: 'Training has come apart.',
      failed: 'Training failed.',
    },
  },
  curves: {
    learnt: 'photos it learns from',
    heldOut: 'photos held back',
    before: 'before training',
    accuracy: 'Accuracy',
    heldOutAccuracy: 'Accuracy, held back',
    loss: 'Loss',
    heldOutLoss: 'Loss, held back',
    epoch: 'Epoch',
    latest: (learnt: string | null, heldOut: string | null) =>
      [learnt, heldOut && `${heldOut} on photos held back`].filter(Boolean).join('; ') || '–',
    table: 'All figures as a table',
  },
  result: {
    title: 'What came of it',
    candidate: 'The new head',
    live: 'The live head',
    verdict: {
      better: 'The new head is better than chance alone would explain.',
      worse: 'The live head is better than chance alone would explain.',
      alike: 'They cannot be told apart with so few photos: keep either.',
      unknown: 'How they compare cannot be said: nothing was held back.',
    },
    unmeasured: 'How well it does was not measured: no photo was held back.',
    keep: 'Keep the new head',
    discard: 'Discard it',
    keepHint: 'A head that you keep answers instead of the live one until you go back.',
    kept: 'Kept. It answers from now on.',
    discarded: 'Discarded.',
    stopped: 'Stopped. Nothing was kept.',
    failed: 'The training did not work. Your photos and the live head are as before.',
    diverged: (lastGood: boolean) =>
      `The training came apart: its corrections grew so large that they are no numbers any more. Try a tenth of the learning rate.${lastGood ? ' The head from just before is still good, and you can keep it.' : ''}`,
  },
};
