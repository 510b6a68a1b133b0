// English: the camera and its preview.

export const camera = {
  preview: 'What the camera sees',
  start: 'Start the camera',
  why: 'Your browser will ask whether Topwork may use the camera. Pictures stay on this device.',
  asking: 'Waiting for the camera. If the browser asks, choose Allow.',
  switch: 'Switch camera',
  choose: 'Choose a camera',
  unnamed: (n: number) => `Camera ${n}`,
  torchOn: 'Turn the light on',
  torchOff: 'Turn the light off',
  failed: {
    denied: {
      title: 'The camera is not allowed',
      detail:
        'Allow it in the site settings of your browser (the symbol beside the address), then try again. Photos that you have work without it.',
    },
    missing: { title: 'No camera found', detail: 'Connect one, or use photos that you have.' },
    busy: {
      title: 'The camera is in use',
      detail: 'Close the other app or call that is using it, then try again.',
    },
    failed: {
      title: 'The camera did not start',
      detail: 'Try again. If it fails again, reload the page or use photos that you have.',
    },
  },
};
