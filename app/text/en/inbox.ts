// English: inbox.

export const inbox = {
  title: 'Photos that arrived',
  intro: (n: number) =>
    n === 1
      ? 'One photo was shared with Topwork. Where does it belong?'
      : `${n} photos were shared with Topwork. Where do they belong?`,
  empty: 'Nothing has arrived. Share photos from another app and choose Topwork, and they are here.',
  failed: 'The photos could not be kept on this device. Free some space, then share them again.',
  project: 'Classifier',
  newProject: 'A new classifier',
  class: 'Class',
  newClass: 'A new class',
  className: 'Name of the class',
  add: (n: number) => (n === 1 ? 'Add the photo' : `Add ${n} photos`),
  adding: (done: number, of: number) => `Adding ${done} of ${of}`,
  added: (n: number, name: string) =>
    n === 1 ? `1 photo added to ${name}.` : `${n} photos added to ${name}.`,
  refused: (n: number) => (n === 1 ? 'One could not be read:' : `${n} could not be read:`),
  remove: 'Remove',
  removeAll: 'Remove all',
  photo: (name: string) => `Photo ${name}`,
  hint: (n: number) => (n === 1 ? '1 photo has arrived' : `${n} photos have arrived`),
  sort: 'Put them into a class',
};
