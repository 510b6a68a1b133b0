// English: the card of an endpoint.

export const endpoint = {
  title: 'Ask it from a program',
  intro: 'Send a photo over the internet, get the classes back. Run this in a folder with a photo.jpg.',
  address: 'Address',
  language: 'Language',
  noKey: 'Programs need a key. Yours is put in place of YOUR_KEY.',
  makeKey: 'Make a key',
  making: 'Making…',
  keyName: (title: string) => `Program for ${title}`,
  keyOnce:
    'This is the key. It is shown only now: copy it before you leave. Whoever has it may ask this head, and nothing else.',
  keyMade: 'The key is made and stands in the examples.',
  copyKey: 'Copy key',
  copyCode: (language: string) => `Copy ${language} example`,
  copyFailed: 'The browser did not let me copy. Select the text instead.',
};
