// Teach, on real storage and a painted camera, with a trainer that tells colours apart.
import { deleteDB } from 'idb';
import { h } from 'preact';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { camera } from '../../../../../app/camera/camera.ts';
import { createOpenProject, createProject } from '../../../../../app/project/create.ts';
import { openStorage } from '../../../../../app/storage/database.ts';
import type { ClassId } from '../../../../../app/storage/schema.ts';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import { announcement } from '../../../../../app/ui/announce.ts';
import { TeachScreen } from '../../../../../app/ui/screens/teach.tsx';
import { toasts } from '../../../../../app/ui/toasts.ts';
import { createColourTrainer } from '../../../support/colour-trainer.ts';
import { drawCamera } from '../../../support/drawn-camera.ts';
import { fakeApp } from '../../../support/fake-app.ts';
import { named, problems, show } from '../../../support/screens.ts';

const words = () => text.value.teach;
const until = (condition: () => void | Promise<void>) =>
  vi.waitFor(condition, { timeout: 10_000, interval: 10 });

beforeEach(async () => {
  await setLanguage('en');
  toasts.value = [];
});

async function aScreen() {
  const name = `test-${crypto.randomUUID()}`;
  const storage = await openStorage({ name });
  const trainer = await createColourTrainer();
  const open = await createOpenProject({ storage, trainer }, await createProject(storage, 'Colours'));
  if (open === null) throw new Error('The project is there.');
  const { app } = fakeApp({ storage });
  const root = show({ ...app, storage, trainer }, h(TeachScreen, { open }));
  onTestFinished(async () => {
    camera.stop();
    open.close();
    storage.close();
    await deleteDB(name);
  });
  const ids = () => open.project.value.classes.map(({ id }) => id);
  const inClass = (id: ClassId | undefined) => open.examples.value.filter((one) => one.class === id);
  return { open, root, trainer, storage, ids, inClass };
}

async function withCamera() {
  const seen = drawCamera('#c00000');
  const screen = await aScreen();
  named(screen.root, text.value.camera.start).click();
  await until(() => expect(camera.state.value).toBe('on'));
  await until(async () => {
    const frame = await camera.grab(8);
    expect(frame).not.toBeNull();
  });
  return { ...screen, seen };
}

const shutterOf = (root: HTMLElement) =>
  root.querySelector<HTMLButtonElement>('.shutter') ?? new HTMLButtonElement();

function pointer(target: HTMLElement, type: string): void {
  // A pointer that is not real cannot be captured.
  target.setPointerCapture = () => {};
  target.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1 }));
}
function key(target: HTMLElement, type: 'keydown' | 'keyup', of: string, repeat = false): KeyboardEvent {
  const event = new KeyboardEvent(type, { key: of, repeat, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
  return event;
}

async function hold(root: HTMLElement, photos: number, count: () => number): Promise<void> {
  const before = count();
  pointer(shutterOf(root), 'pointerdown');
  await until(() => expect(count()).toBeGreaterThanOrEqual(before + photos));
  pointer(shutterOf(root), 'pointerup');
}

function choose(root: HTMLElement, index: number): void {
  root.querySelectorAll<HTMLButtonElement>('.class-choose')[index]?.click();
}

async function pictureFile(name: string, colour: string): Promise<File> {
  const canvas = new OffscreenCanvas(16, 16);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('There is no canvas.');
  context.fillStyle = colour;
  context.fillRect(0, 0, 16, 16);
  return new File([await canvas.convertToBlob({ type: 'image/png' })], name, { type: 'image/png' });
}

function transferOf(files: readonly File[]): DataTransfer {
  const data = new DataTransfer();
  for (const file of files) data.items.add(file);
  return data;
}

describe('the shutter', () => {
  it('takes one photo by a tap', async () => {
    const { root, open } = await withCamera();
    pointer(shutterOf(root), 'pointerdown');
    pointer(shutterOf(root), 'pointerup');
    await until(() => expect(open.examples.value).toHaveLength(1));
    expect(open.examples.value[0]).toMatchObject({
      source: 'camera',
      class: open.project.value.classes[0]?.id,
    });
    await until(() => expect(announcement.value).toContain(words().shutter.savedIn(1, 'Class 1')));
    await until(() => expect(root.querySelector('.dock-saved')?.textContent).toBe(words().shutter.saved(1)));
  });

  it('takes many of one burst while it is held, and another burst with the next hold', async () => {
    const { root, open } = await withCamera();
    await hold(root, 4, () => open.examples.value.length);
    await until(() => expect(root.querySelector('.dock-saved')?.textContent).toContain('saved'));
    const first = open.examples.value.length;
    expect(new Set(open.examples.value.map(({ burst }) => burst)).size).toBe(1);
    await hold(root, 2, () => open.examples.value.length);
    await until(() => expect(new Set(open.examples.value.map(({ burst }) => burst)).size).toBe(2));
    expect(
      open.examples.value.slice(0, first).every(({ burst }) => burst === open.examples.value[0]?.burst),
    ).toBe(true);
  });

  it('makes one burst of quick taps, which look at the same', async () => {
    const { root, open } = await withCamera();
    for (let i = 0; i < 3; i++) {
      pointer(shutterOf(root), 'pointerdown');
      pointer(shutterOf(root), 'pointerup');
      await until(() => expect(open.examples.value).toHaveLength(i + 1));
    }
    expect(new Set(open.examples.value.map(({ burst }) => burst)).size).toBe(1);
  });

  it('is held by a key, whose repeats are no presses', async () => {
    const { root, open } = await withCamera();
    const shutter = shutterOf(root);
    shutter.focus();
    expect(key(shutter, 'keydown', ' ').defaultPrevented).toBe(true);
    for (let i = 0; i < 5; i++) key(shutter, 'keydown', ' ', true);
    await until(() => expect(open.examples.value.length).toBeGreaterThanOrEqual(3));
    key(shutter, 'keyup', ' ');
    await until(() => expect(shutter.dataset.held).toBe('false'));
    expect(new Set(open.examples.value.map(({ burst }) => burst)).size).toBe(1);
  });

  it('shoots by Space where nothing has the focus', async () => {
    const { open } = await withCamera();
    key(document.body, 'keydown', ' ');
    key(document.body, 'keyup', ' ');
    await until(() => expect(open.examples.value).toHaveLength(1));
  });

  it('lets go when the window loses the focus', async () => {
    const { root } = await withCamera();
    const shutter = shutterOf(root);
    pointer(shutter, 'pointerdown');
    await until(() => expect(shutter.dataset.held).toBe('true'));
    dispatchEvent(new Event('blur'));
    await until(() => expect(shutter.dataset.held).toBe('false'));
  });

  it('waits for a camera', async () => {
    const { root } = await aScreen();
    expect(shutterOf(root).disabled).toBe(true);
  });
});

describe('learning along', () => {
  it('answers by itself once two classes have photos, follows the camera, and says what is new', async () => {
    const { root, open, seen, ids, inClass } = await withCamera();
    expect(root.textContent).toContain(words().guide.first('Class 1'));
    await hold(root, 3, () => open.examples.value.length);
    await until(() => expect(root.textContent).toContain(words().guide.second('Class 2')));
    named(root, words().guide.choose('Class 2')).click();
    seen.see('#0000c0');
    await until(() => expect(root.querySelector('.dock-name')?.textContent).toBe('Class 2'));
    await until(async () => {
      const frame = await camera.grab(1);
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      if (frame !== null) context?.drawImage(frame, 0, 0);
      expect(context?.getImageData(0, 0, 1, 1).data[2]).toBeGreaterThan(100);
    });
    await hold(root, 3, () => inClass(ids()[1]).length);
    const name = () => root.querySelector('.live-name')?.textContent;
    await until(() => expect(name()).toBe('Class 2'));
    await until(() => expect(announcement.value).toContain('Class 2'));
    seen.see('#c00000');
    await until(() => expect(name()).toBe('Class 1'));
    const percents = () => [...root.querySelectorAll('.class-percent')].map(({ textContent }) => textContent);
    await until(() => expect(Number.parseInt(percents()[0] ?? '', 10)).toBeGreaterThan(90));
    seen.see('#00ff00');
    await until(() => expect(root.querySelector('.live-caption')?.textContent).toBe(words().live.unlike));
  });

  it('says that photos can be taken while the model is on its way', async () => {
    const { root, open, trainer } = await withCamera();
    trainer.status.value = { state: 'downloading', done: 1_300_000, of: 2_600_000 };
    await until(() => expect(root.textContent).toContain(words().model.awaited));
    pointer(shutterOf(root), 'pointerdown');
    pointer(shutterOf(root), 'pointerup');
    await until(() => expect(open.examples.value).toHaveLength(1));
  });

  it('says that there are no answers when the model failed', async () => {
    const { root, trainer } = await aScreen();
    trainer.status.value = { state: 'failed', error: new Error('no') };
    await until(() => expect(root.textContent).toContain(words().model.failed));
  });
});

describe('files', () => {
  it('are added to the class they are dropped on, and refused by name', async () => {
    const { root, ids, inClass } = await aScreen();
    const files = [
      await pictureFile('red.png', '#f00'),
      new File(['no picture'], 'notes.png', { type: 'image/png' }),
    ];
    const card = root.querySelectorAll('.class-card')[1];
    const event = new DragEvent('drop', { dataTransfer: transferOf(files), bubbles: true, cancelable: true });
    card?.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    await until(() => expect(inClass(ids()[1])).toHaveLength(1));
    await until(() => expect(document.querySelector('dialog')?.textContent).toContain('notes.png'));
    expect(document.querySelector('dialog')?.textContent).toContain(words().files.refused(1));
    expect(toasts.value.map((toast) => toast.words)).toContain(words().files.added(1, 'Class 2'));
  });

  it('are pasted into the chosen class', async () => {
    const { root, ids, inClass } = await aScreen();
    choose(root, 1);
    await until(() => expect(root.querySelector('.dock-name')?.textContent).toBe('Class 2'));
    const clipboardData = transferOf([await pictureFile('red.png', '#f00')]);
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }));
    await until(() => expect(inClass(ids()[1])).toHaveLength(1));
  });

  it('show how far they are, and stop when that is wanted', async () => {
    const { root, open, trainer } = await aScreen();
    const prepare = trainer.prepareFile;
    let letGo = () => {};
    const third = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let asked = 0;
    vi.spyOn(trainer, 'prepareFile').mockImplementation(async (file) => {
      asked++;
      if (asked === 3) await third;
      return prepare(file);
    });
    const files = await Promise.all(Array.from({ length: 200 }, (_, i) => pictureFile(`${i}.png`, '#f00')));
    const input = root.querySelector<HTMLInputElement>('input[type=file]') ?? new HTMLInputElement();
    input.files = transferOf(files).files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => expect(root.textContent).toContain(words().files.progress(2, 200, 'Class 1')));
    named(root, text.value.common.cancel).click();
    letGo();
    await until(() => expect(root.querySelector('.teach-look .progress')).toBeNull());
    expect(open.examples.value).toHaveLength(2);
    expect(toasts.value.map((toast) => toast.words)).toContain(words().files.stopped(2, 'Class 1'));
  });
});

describe('classes', () => {
  it('are renamed in place; a name that is taken is refused with words', async () => {
    const { root, open } = await aScreen();
    const rename = async (from: string, to: string) => {
      named(root, `${words().classes.rename}: ${from}`).click();
      await until(() => expect(root.querySelector('.class-field')).not.toBeNull());
      const field = root.querySelector<HTMLInputElement>('.class-field') ?? new HTMLInputElement();
      field.value = to;
      key(field, 'keydown', 'Enter');
      await until(() => expect(root.querySelector('.class-field')).toBeNull());
    };
    await rename('Class 1', 'Mug');
    await until(() => expect(open.project.value.classes[0]?.name).toBe('Mug'));
    await rename('Mug', 'Class 2');
    await until(() => expect(toasts.value.at(-1)?.kind).toBe('failure'));
    expect(open.project.value.classes[0]?.name).toBe('Mug');
  });

  it('are added and chosen at once', async () => {
    const { root, open } = await aScreen();
    named(root, words().classes.add).click();
    await until(() => expect(root.querySelector('.dock-name')?.textContent).toBe('Class 3'));
    expect(open.project.value.classes).toHaveLength(3);
  });

  it('are deleted with their photos, and come back by undo', async () => {
    const { root, open, ids, inClass } = await aScreen();
    const first = ids()[0] as ClassId;
    await open.addFiles(first, [await pictureFile('red.png', '#f00')]);
    named(root, words().classes.menu('Class 1')).click();
    await until(() => expect(document.querySelector('dialog')).not.toBeNull());
    named(document.body, words().classes.remove).click();
    await until(() => expect(open.project.value.classes).toHaveLength(1));
    expect(open.examples.value).toHaveLength(0);
    const toast = toasts.value.at(-1);
    expect(toast?.words).toBe(words().classes.removed('Class 1', 1));
    toast?.action?.run();
    await until(() => expect(ids()[0]).toBe(first));
    expect(inClass(first)).toHaveLength(1);
  });

  it('are recoloured, moved, and merged with an undo', async () => {
    const { root, open, ids, inClass } = await aScreen();
    const [first, second] = ids();
    await open.addFiles(first as ClassId, [await pictureFile('red.png', '#f00')]);
    named(root, words().classes.menu('Class 1')).click();
    await until(() => expect(document.querySelector('dialog')).not.toBeNull());
    named(document.body, words().classes.colourName[4] ?? '').click();
    await until(() => expect(open.project.value.classes[0]?.colour).toBe(4));
    named(document.body, words().classes.later).click();
    await until(() => expect(ids()).toEqual([second, first]));
    named(document.body, words().classes.mergeDo).click();
    await until(() => expect(ids()).toEqual([second]));
    expect(inClass(second)).toHaveLength(1);
    await until(() => expect(toasts.value.at(-1)?.words).toBe(words().classes.merged('Class 1', 'Class 2')));
    toasts.value.at(-1)?.action?.run();
    await until(() => expect(ids()).toEqual([second, first]));
    expect(inClass(first)).toHaveLength(1);
  });
});

describe('photos', () => {
  async function withPhotos() {
    const screen = await aScreen();
    const files = await Promise.all(
      ['#f00', '#0f0', '#00f'].map((colour, i) => pictureFile(`${i}.png`, colour)),
    );
    await screen.open.addFiles(screen.ids()[0] as ClassId, files);
    await until(() => expect(screen.root.querySelectorAll('.strip-photo img[src]')).toHaveLength(3));
    return screen;
  }

  it('are shown newest first; one is seen in full, with a way to the next', async () => {
    const { root } = await withPhotos();
    named(root, words().photos.one(1, 3, 'Class 1')).click();
    const shown = () => document.querySelector('.photo-view img')?.getAttribute('alt');
    await until(() => expect(shown()).toBe(words().photos.one(1, 3, 'Class 1')));
    named(document.body, words().photos.next).click();
    await until(() => expect(shown()).toBe(words().photos.one(2, 3, 'Class 1')));
    key(document.body, 'keydown', 'ArrowLeft');
    await until(() => expect(shown()).toBe(words().photos.one(1, 3, 'Class 1')));
  });

  async function selectTwo(root: HTMLElement): Promise<void> {
    named(root, words().photos.allLabel(3, 'Class 1')).click();
    await until(() => expect(document.querySelectorAll('.grid-photo')).toHaveLength(3));
    named(document.body, words().photos.select).click();
    await until(() => expect(document.querySelector('.grid-photo')?.ariaPressed).toBe('false'));
    for (const i of [0, 2]) document.querySelectorAll<HTMLElement>('.grid-photo')[i]?.click();
    await until(() =>
      expect(document.querySelector('dialog')?.textContent).toContain(words().photos.selected(2)),
    );
  }

  it('are selected and deleted together, with undo', async () => {
    const { root, open, storage } = await withPhotos();
    const kept = open.examples.value[1]?.id;
    await selectTwo(root);
    named(document.body, text.value.common.delete).click();
    await until(() => expect(open.examples.value.map(({ id }) => id)).toEqual([kept]));
    toasts.value.at(-1)?.action?.run();
    await until(() => expect(open.examples.value).toHaveLength(3));
    expect(await storage.examples(open.project.value.id)).toHaveLength(3);
  });

  it('are selected and moved together', async () => {
    const { root, ids, inClass } = await withPhotos();
    await selectTwo(root);
    named(document.body, words().photos.move).click();
    await until(() => expect(inClass(ids()[1])).toHaveLength(2));
    expect(toasts.value.at(-1)?.words).toBe(words().photos.moved(2, 'Class 2'));
  });
});

describe('without a camera', () => {
  it.each([
    ['NotAllowedError', 'camera_denied'],
    ['NotFoundError', 'camera_missing'],
    ['NotReadableError', 'camera_busy'],
  ] as const)('a %s is met with words, and files still work', async (name, code) => {
    const asking = vi
      .spyOn(navigator.mediaDevices, 'getUserMedia')
      .mockRejectedValue(new DOMException('no', name));
    onTestFinished(() => asking.mockRestore());
    const { root, open } = await aScreen();
    named(root, text.value.camera.start).click();
    await until(() => expect(root.textContent).toContain(text.value.failures[code].detail));
    const clipboardData = transferOf([await pictureFile('red.png', '#f00')]);
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }));
    await until(() => expect(open.examples.value).toHaveLength(1));
  });
});

describe('accessibility', () => {
  it('leaves axe nothing to say, in both languages', async () => {
    const { root } = await withCamera();
    expect(await problems(root)).toEqual([]);
    await setLanguage('de');
    await until(() => expect(root.textContent).toContain(words().classes.add));
    expect(await problems(root)).toEqual([]);
  });
});
