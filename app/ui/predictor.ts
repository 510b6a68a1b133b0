// Takes a picture by drop, paste, choice, camera or sample, has it classified, and shows what came of it.
// A new picture takes the place of one that is still under way.

import { AppError, problemOf } from '../../src/contract/errors.ts';
import type { ModelName } from '../../src/contract/ids.ts';
import type { Api, Failure } from '../client.ts';
import { prepareImage } from '../prepare-image.ts';
import { answerView, failureView, sentenceOf } from './answer.ts';
import { byId, h } from './h.ts';

/** Side of the picture's preview, px of the canvas. */
const PREVIEW_SIDE = 320;
const LOOKING = 'Looking at the picture…';

/** A picture that comes with the page. */
export interface Sample {
  readonly name: string;
  readonly url: string;
}

/** Connects the page's drop zone, inputs and samples to the API. Call once. */
export function startPredictor(api: Api, model: ModelName, samples: readonly Sample[]): void {
  const view = createView();
  let current = new AbortController();

  async function predict(load: () => Promise<Blob>): Promise<void> {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    view.busy();
    try {
      const file = await load();
      void view.preview(file, signal);
      const image = await prepareImage(file);
      if (signal.aborted) return;
      const answer = await api.predict(model, image.body, signal);
      if (signal.aborted) return;
      if (answer.ok) view.show(answerView(answer.value, image), sentenceOf(answer.value));
      else view.fail(answer.failure);
    } catch (error) {
      if (!signal.aborted) view.fail(failureOf(error));
    }
  }

  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file !== undefined) void predict(async () => file);
  };
  connectInput(byId('pick', HTMLButtonElement), byId('file', HTMLInputElement), take);
  connectInput(byId('camera', HTMLButtonElement), byId('camera-file', HTMLInputElement), take);
  receiveDrops(byId('drop', HTMLElement), (files) => {
    if (files !== undefined && files.length > 0) take(files);
    else
      view.fail({ title: 'That was not a file', detail: 'Save the picture first, then drop its file here.' });
  });
  document.addEventListener('paste', (event) => take(event.clipboardData?.files));
  byId('samples-title', HTMLElement).hidden = false;
  byId('samples', HTMLElement).append(
    ...samples.map(({ name, url }) => {
      const image = h('img', { src: url, alt: '', width: 28, height: 28 });
      const button = h(
        'button',
        { type: 'button', 'aria-label': `Try the sample: ${name}`, title: name },
        image,
      );
      button.addEventListener('click', () => void predict(() => fetchSample(url)));
      return h('li', {}, button);
    }),
  );
}

/** The button opens the file input, which is hidden because no style sheet can make one look right. */
function connectInput(
  opener: HTMLButtonElement,
  input: HTMLInputElement,
  take: (files: FileList | null) => void,
): void {
  opener.disabled = false;
  opener.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    take(input.files);
    // So that the same file can be chosen again.
    input.value = '';
  });
}

async function fetchSample(url: string): Promise<Blob> {
  const response = await fetch(url).catch(() => null);
  if (response?.ok) return response.blob();
  throw new AppError('not_found', {
    detail: 'The sample cannot be fetched. Check the connection, then try again.',
  });
}

/** A file dropped anywhere on the page is taken: the browser would otherwise leave the page to show it. */
function receiveDrops(zone: HTMLElement, take: (files: FileList | undefined) => void): void {
  const mark = (over: boolean) => zone.classList.toggle('over', over);
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    mark(true);
  });
  document.addEventListener('dragleave', (event) => mark(event.relatedTarget !== null));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    take(event.dataTransfer?.files);
  });
}

/** The part of the page that shows what came of a picture. */
function createView() {
  const section = byId('answer', HTMLElement);
  const body = byId('answer-body', HTMLElement);
  const canvas = byId('preview', HTMLCanvasElement);
  const status = byId('status', HTMLElement);
  const show = (content: HTMLElement, announcement: string) => {
    body.replaceChildren(content);
    section.setAttribute('aria-busy', 'false');
    section.scrollIntoView({ block: 'nearest' });
    status.textContent = announcement;
  };
  return {
    show,
    fail: (failure: Failure) => show(failureView(failure), `${failure.title}. ${failure.detail}`),
    busy(): void {
      section.setAttribute('aria-busy', 'true');
      status.textContent = LOOKING;
      if (body.querySelector('.empty')) body.replaceChildren(h('p', { class: 'note' }, LOOKING));
    },
    /** Shows the picture, its orientation applied; nothing where the browser cannot read it. */
    async preview(file: Blob, signal: AbortSignal): Promise<void> {
      const bitmap = await createImageBitmap(file).catch(() => null);
      if (signal.aborted) return bitmap?.close();
      canvas.hidden = bitmap === null;
      if (bitmap === null) return;
      const scale = PREVIEW_SIDE / Math.max(bitmap.width, bitmap.height);
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
    },
  };
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof AppError)) console.error(error);
  const { title, detail } = problemOf(error);
  return { title, detail };
}
