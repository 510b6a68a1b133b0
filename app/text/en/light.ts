// English: adapting to a light.

export const light = {
  lead: 'In another light, or with another camera, every layer of the trunk meets other values than those it has stored. A few seconds of frames are enough to set its statistics right, without labels; they stay in this device’s memory and are gone when you leave.',
  needs: {
    head: 'There is nothing to adapt yet. Show it photos of at least two classes first.',
    teach: 'Teach',
  },
  hint: 'Start in the light that you mean, and move slowly over the things it knows.',
  notReady: 'It can start when the model is here.',
  start: 'Start',
  again: 'Start again',
  collecting: 'Keep moving over the things it knows…',
  started: 'It collects frames.',
  enough: 'That is enough.',
  goal: {
    title: 'What it needs',
    frames: (n: number, least: number) => `${n} of at least ${least} frames`,
    classes: (n: number, least: number) =>
      `${n} of ${least === 2 ? 'both' : `at least ${least}`} classes recognised`,
    met: 'done',
    open: 'still missing',
  },
  seen: (name: string, n: number) => `${name}, ${n}`,
  progress: {
    preparing: 'Getting ready…',
    step: (done: number, of: number) => `Learning the light: ${done} of ${of}`,
    stopped: 'Stopped. Nothing has changed.',
    done: 'It has learnt the light. Compare before and after.',
  },
  result: {
    title: 'Before and after',
    alike: 'The light is much as it was when you taught it: adapting would bring nothing.',
    unclear:
      'The light is much as it was when you taught it, and yet answers change. Look whether they are right after.',
    other: 'This light is not the one that you taught in.',
    worse: 'On your own photos it would do worse.',
    share: (n: number, of: number) => `${n} of ${of}`,
    changed: (n: number, of: number) =>
      n === 0 ? 'No answer changes.' : `${n} of ${of} answers ${n === 1 ? 'changes' : 'change'}.`,
    before: 'Before',
    after: 'After',
    confidence: 'Mean confidence',
    unlike: 'Unlike anything seen',
    heldOut: 'Held-out accuracy',
    heldOutNote:
      'On your own photos, each judged without it: before with the stored statistics, after with those of this light.',
    unmeasured: 'not measured',
    drift: (frames: string, taught: string, layers: number) =>
      `On average over ${layers} layers, these frames are ${frames} standard deviations from what is stored; your photos ${taught}.`,
    most: (layer: string, frames: string, taught: string) =>
      `They differ most at ${layer}: ${frames} against ${taught}.`,
    strip: 'How far each layer is from what it has stored, the input on the left',
    key: { frames: 'these frames', usual: 'your photos' },
    list: 'What it says of each frame',
    more: (n: number) => (n === 1 ? '1 more frame' : `${n} more frames`),
    saysUnlike: 'unlike anything seen',
    keep: 'Use it in this light',
    discard: 'Leave it as it was',
    hint: 'The adapted head answers until you take it back. The stored statistics are never touched.',
    kept: 'It answers for this light from now on.',
    discarded: 'Left as it was.',
  },
  adapted: 'Adapted to a light',
  takeBack: 'Take it back',
  takenBack: 'The live head answers again.',
  beyond: 'In another light, or with another camera: a few seconds of frames set it right.',
};
