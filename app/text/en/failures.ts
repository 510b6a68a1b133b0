// English: what went wrong, and what to do. One entry a code of the device's errors, and of those of the contract and
// the server that a person can meet here.

export const failures = {
  aborted: { title: 'Stopped', detail: 'Nothing was changed.' },
  answer_invalid: {
    title: 'The answer is not understood',
    detail: 'The app may be older than the server. Reload it, then try again.',
  },
  artifact_invalid: { title: 'The file is damaged', detail: 'Export it once more where it came from.' },
  camera_busy: {
    title: 'The camera is in use',
    detail: 'Another app or tab has it. Close that, then start the camera again.',
  },
  camera_denied: {
    title: 'The camera is not allowed',
    detail: 'Allow it for this page in the settings of the browser. Photos from files work without it.',
  },
  camera_failed: {
    title: 'The camera gives no picture',
    detail: 'Start it again, or pick photos from files.',
  },
  camera_missing: { title: 'There is no camera', detail: 'Pick photos from files instead.' },
  class_missing: { title: 'That class is gone', detail: 'It was deleted, perhaps in another tab.' },
  class_name_invalid: { title: 'A class needs a name', detail: 'Give it 1 to 100 characters.' },
  class_name_taken: {
    title: 'There is such a class already',
    detail: 'Choose another name, or merge the two.',
  },
  digest_mismatch: {
    title: 'What should have stayed has changed',
    detail:
      'A check found a difference where there must be none, so nothing of it is kept. Please report it.',
  },
  download_failed: {
    title: 'The model could not be fetched',
    detail: 'What arrived so far is kept. Try again in a while.',
  },
  enrolment_closed: {
    title: 'This server wants an invitation',
    detail: 'Ask its operator for the invitation code.',
  },
  forbidden: { title: 'That is not allowed', detail: 'This device may not do that at the server.' },
  head_id_taken: {
    title: 'The server has another head of that name',
    detail: 'Stop syncing, then start anew.',
  },
  head_not_found: { title: 'The server has no such head', detail: 'It was deleted there, or is not yours.' },
  head_not_ready: { title: 'There are not enough photos yet', detail: 'Two classes need photos.' },
  head_too_large: {
    title: 'The head is too large for the server',
    detail: 'It takes 4 MB. Fewer classes or fewer hidden units make it smaller.',
  },
  image_heic: {
    title: 'This browser cannot read HEIC photos',
    detail:
      'On an iPhone choose Settings › Camera › Formats › Most Compatible, or open this page in Safari. Photos sent by mail or message are usually JPEGs.',
  },
  image_invalid: { title: 'The picture is damaged', detail: 'Try another, or save it again as a JPEG.' },
  image_too_large: { title: 'The picture is too large', detail: 'Scale it down, then try again.' },
  image_unsupported: {
    title: 'This is not a picture that can be read',
    detail: 'JPEG, PNG and WebP always work.',
  },
  light_too_few_classes: {
    title: 'Too few classes are in view',
    detail:
      'Frames of one class alone would teach it the class and not the light. Show it things of at least three classes, or of both when there are two.',
  },
  light_too_few_frames: {
    title: 'That were too few frames',
    detail: 'Ten at least. Move the camera slowly over the things it knows.',
  },
  limit_reached: { title: 'There are as many as there may be', detail: 'Remove one first.' },
  link_invalid: {
    title: 'The code is not good any more',
    detail: 'A code works once and for ten minutes. Show a new one on the other device.',
  },
  not_trainable: {
    title: 'These layers cannot be trained here',
    detail: 'Move the line up, or let the head read another layer.',
  },
  offline: { title: 'There is no connection', detail: 'It goes on by itself when there is one again.' },
  photo_missing: { title: 'The photo is gone', detail: 'It was deleted, perhaps in another tab.' },
  precondition_failed: {
    title: 'The server has a newer head',
    detail: 'Another device has changed it. Decide which one to keep.',
  },
  project_file_invalid: {
    title: 'This is not a project file',
    detail: 'Choose a file that Topwork exported, or a zip with one folder of pictures for each class.',
  },
  project_file_newer: {
    title: 'The file is from a newer Topwork',
    detail: 'Update this app (reload it with a connection), then import it again.',
  },
  project_missing: { title: 'The classifier is gone', detail: 'It was deleted, perhaps in another tab.' },
  rate_limited: { title: 'Too many requests', detail: 'Wait a minute, then try again.' },
  storage_closed: {
    title: 'Topwork is open in a newer version',
    detail: 'Another tab has updated or cleared the app. Close the other tabs and load this page again.',
  },
  storage_failed: { title: 'The server’s storage is unavailable', detail: 'Try again in a while.' },
  storage_full: {
    title: 'This device is full',
    detail: 'Nothing that was saved is lost. Free some space on the device, then try again.',
  },
  storage_unavailable: {
    title: 'This browser keeps nothing for Topwork',
    detail:
      'Your photos and classes live on this device, but here nothing can be saved. In a private window, or with site data blocked, open Topwork in a normal window or allow site data for it.',
  },
  timeout: { title: 'The server did not answer in time', detail: 'Try again in a while.' },
  too_many_classes: { title: 'There are too many classes', detail: 'A classifier has at most 512.' },
  trainer_crashed: {
    title: 'The trainer has stopped',
    detail: 'Perhaps this device ran out of memory. Nothing is lost; it starts again by itself.',
  },
  trainer_unavailable: { title: 'The trainer is not ready', detail: 'Wait a moment, then try again.' },
  training_diverged: {
    title: 'The training ran away',
    detail: 'Its loss is not a number any more. Lower the learning rate.',
  },
  training_outdated: {
    title: 'The photos have changed since',
    detail: 'A training that was broken off can only go on with the same photos and classes. Start it anew.',
  },
  training_too_large: {
    title: 'That would take too much memory',
    detail:
      'With batch statistics a whole batch has to be in memory at once. Choose a smaller batch, move the line up, or leave “training” off.',
  },
  trunk_mismatch: {
    title: 'The server has another model',
    detail: 'Reload the app with a connection: the photos are kept and the head is made anew.',
  },
  unauthorized: {
    title: 'The server does not know this device any more',
    detail: 'Connect again. Everything on this device is kept.',
  },
  unreachable: {
    title: 'The server cannot be reached',
    detail: 'Check the connection. It is tried again by itself.',
  },
  unknown: { title: 'That did not work', detail: 'Try again. If it happens once more, reload the app.' },
};
