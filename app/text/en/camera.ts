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
};
