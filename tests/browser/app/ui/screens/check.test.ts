import { h, render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import { CheckScreen } from '../../../../../app/ui/screens/check.tsx';
import { toasts } from '../../../../../app/ui/toasts.ts';
import { type FakeOpenProject, fakeOpenProject, judged, trainedOn } from '../../../support/open-project.ts';
import { aClass, aHead, aProject } from '../../../support/records.ts';

const project = aProject({ classes: [aClass('Oak'), aClass('Elm', 1), aClass('Ash', 2)] });
let root: HTMLElement;

function show(open: FakeOpenProject): void {
  render(h(CheckScreen, { open }), root);
}

/** Ten photos of each class but the last; two oaks were called elm, one of them with certainty. */
function leaves(burstOf?: (i: number) => string | null): FakeOpenProject {
  const oaks = Array.from({ length: 10 }, (_, i) => [0, i < 2 ? 1 : 0, i === 0 ? 0.97 : 0.55] as const);
  const elms = Array.from({ length: 10 }, () => [1, 1, 0.95] as const);
  const { examples, heldOut } = judged(project, [...oaks, ...elms], burstOf);
  return fakeOpenProject(project, { examples, live: trainedOn(project, heldOut) });
}

const button = (name: string | RegExp, within: ParentNode = root): HTMLButtonElement => {
  const found = [...within.querySelectorAll('button')].find((element) => {
    const label = element.getAttribute('aria-label') ?? element.textContent ?? '';
    return typeof name === 'string' ? label === name : name.test(label);
  });
  if (found === undefined) throw new Error(`There is no button ${name}.`);
  return found;
};
const section = (title: string): HTMLElement => {
  const found = [...root.querySelectorAll<HTMLElement>('section')].find(
    (element) => element.querySelector('h2')?.textContent === title,
  );
  if (found === undefined) throw new Error(`There is no section ${title}.`);
  return found;
};
const words = () => root.textContent ?? '';

beforeEach(async () => {
  root = document.body.appendChild(document.createElement('main'));
  toasts.value = [];
  await setLanguage('en');
});
afterEach(() => {
  render(null, root);
  root.remove();
});

describe('the Check screen', () => {
  it('leads back to teaching while nothing was learnt', () => {
    show(fakeOpenProject(project));
    expect(words()).toContain(text.value.check.empty.title);
    expect(root.querySelector('a')?.hash).toBe(`#/p/${project.id}/teach`);
  });

  it('says how often it is right, of how many photos, and how they were held out', () => {
    show(leaves((i) => `burst ${Math.floor(i / 5)}`));
    expect(words()).toContain('90\u00a0%');
    // Wilson, 18 of 20: 69.9 to 97.2 per cent, rounded outwards
    expect(words()).toContain(text.value.check.headline.interval(20, '69\u00a0%', '98\u00a0%'));
    expect(words()).toContain(text.value.check.headline.burst);
    expect(words()).not.toContain('one burst only');
  });

  it('warns of a class whose photos are all of one burst', () => {
    show(leaves((i) => (i < 10 ? 'the only one' : `burst ${i}`)));
    expect(words()).toContain(text.value.check.headline.oneBurst('Oak', false));
  });

  it('asks for more photos when nothing could be held out', () => {
    const { examples } = judged(project, [
      [0, 0],
      [1, 1],
    ]);
    show(fakeOpenProject(project, { examples, live: trainedOn(project, []) }));
    expect(words()).toContain(text.value.check.headline.none);
    expect(root.querySelector('table')).toBeNull();
  });

  it('gives the recall of each class with its count, and names a class without photos', () => {
    show(leaves());
    const rows = [...section(text.value.check.classes.title).querySelectorAll('li')].map(
      (li) => li.textContent,
    );
    expect(rows[0]).toContain('8 of 10');
    expect(rows[1]).toContain('10 of 10');
    expect(rows[2]).toContain(text.value.check.classes.noPhotos);
  });

  it('has a matrix with headers whose cells are walked by the arrow keys', () => {
    show(leaves());
    const headers = [...root.querySelectorAll('th')].map((th) => [th.scope, th.textContent]);
    expect(headers.slice(1)).toEqual([
      ...['Oak', 'Elm', 'Ash'].map((name) => ['col', name]),
      ...['Oak', 'Elm', 'Ash'].map((name) => ['row', name]),
    ]);
    const stops = root.querySelectorAll('table button[tabindex="0"]');
    expect([...stops].map((stop) => stop.textContent)).toEqual(['8']);
    const press = (key: string) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    button(text.value.check.matrix.right(8, 'Oak')).focus();
    press('ArrowRight');
    expect(document.activeElement?.getAttribute('aria-label')).toBe(
      text.value.check.matrix.wrong(2, 'Oak', 'Elm'),
    );
    press('ArrowDown');
    expect(document.activeElement?.textContent).toBe('10');
    press('ArrowUp');
    press('ArrowUp');
    expect(document.activeElement?.textContent).toBe('2');
  });

  it('opens the photos behind a cell; one moved to its class leaves, and undo brings it back', async () => {
    const open = leaves();
    show(open);
    button(text.value.check.matrix.wrong(2, 'Oak', 'Elm')).click();
    const photos = () => root.querySelectorAll('dialog .check-photo');
    await vi.waitFor(() => expect(photos()).toHaveLength(2));
    const first = photos()[0];
    if (first === undefined) throw new Error('There is no photo.');
    const elm = project.classes[1]?.id;
    const elms = () => open.examples.value.filter((example) => example.class === elm).length;
    button(text.value.check.photos.moveTo('Elm'), first).click();
    await vi.waitFor(() => expect(photos()).toHaveLength(1));
    expect(elms()).toBe(11);
    expect(document.activeElement?.classList).toContain('check-photos');
    expect(toasts.value[0]?.words).toBe(text.value.check.photos.moved('Elm'));
    toasts.value[0]?.action?.run();
    await vi.waitFor(() => expect(photos()).toHaveLength(2));
    expect(elms()).toBe(10);
  });

  it('moves a photo to a class that is chosen', async () => {
    const open = leaves();
    show(open);
    button(text.value.check.matrix.right(10, 'Elm')).click();
    await vi.waitFor(() => expect(root.querySelector('dialog .check-photo')).not.toBeNull());
    button(text.value.check.photos.move, root.querySelector('dialog') ?? root).click();
    await vi.waitFor(() => expect(root.querySelectorAll('dialog')).toHaveLength(2));
    button('Ash', root.querySelectorAll('dialog')[1]).click();
    const ash = project.classes[2]?.id;
    await vi.waitFor(() =>
      expect(open.examples.value.filter((example) => example.class === ash)).toHaveLength(1),
    );
    expect(root.querySelectorAll('dialog')).toHaveLength(1);
  });

  it('deletes a photo with a way back', async () => {
    const open = leaves();
    show(open);
    button(text.value.check.photos.delete, section(text.value.check.suspects.title)).click();
    await vi.waitFor(() => expect(open.examples.value).toHaveLength(19));
    toasts.value[0]?.action?.run();
    await vi.waitFor(() => expect(open.examples.value).toHaveLength(20));
  });

  it('says that a change failed, and keeps showing the photo', async () => {
    const { examples, learning } = leaves();
    const open = fakeOpenProject(project, {
      examples: examples.value,
      live: learning.value.live,
      actions: { moveExamples: () => Promise.reject(new Error('The disk is full.')) },
    });
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    show(open);
    button(text.value.check.photos.moveTo('Elm'), section(text.value.check.suspects.title)).click();
    await vi.waitFor(() => expect(toasts.value[0]?.kind).toBe('failure'));
    expect(section(text.value.check.suspects.title).querySelectorAll('.check-photo')).toHaveLength(1);
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });

  it('suspects only what is surely called another class, until a person says that it is right', async () => {
    show(leaves());
    const suspects = () => section(text.value.check.suspects.title).querySelectorAll('.check-photo');
    expect(suspects()).toHaveLength(1);
    button(text.value.check.suspects.keep).click();
    await vi.waitFor(() => expect(suspects()).toHaveLength(0));
    expect(words()).toContain(text.value.check.suspects.none);
    toasts.value[0]?.action?.run();
    await vi.waitFor(() => expect(suspects()).toHaveLength(1));
  });

  it('shows the doubtful photos, the least sure first, and opens one', async () => {
    show(leaves());
    const doubtful = section(text.value.check.doubtful.title).querySelectorAll<HTMLElement>(
      '.check-strip-photo',
    );
    expect(doubtful).toHaveLength(9);
    doubtful[0]?.click();
    await vi.waitFor(() => expect(root.querySelectorAll('dialog .check-photo')).toHaveLength(1));
  });

  it('leaves out at once what was deleted or moved since the last fit', () => {
    const open = leaves();
    open.examples.value = open.examples.value.slice(1);
    show(open);
    expect(root.querySelector('[data-cell="0/1"]')?.textContent).toBe('1');
    expect(words()).toContain(text.value.check.suspects.none);
  });

  it('says whose figures these are when a kept head answers', () => {
    const open = leaves();
    open.kept.value = aHead(project, {
      slot: 'kept',
      report: {
        examples: [10, 10],
        heldOut: 'split',
        accuracy: { value: 0.8, low: 0.4, high: 0.95, n: 5 },
        lambda: null,
      },
    });
    show(open);
    expect(words()).toContain(text.value.check.kept.words);
    expect(words()).toContain(text.value.check.kept.accuracy('80\u00a0%', 5));
  });

  it('says that it is still learning, and that learning failed', async () => {
    const open = leaves();
    open.learning.value = { ...open.learning.value, pending: 3 };
    show(open);
    expect(words()).toContain(text.value.check.learning(3));
    open.learning.value = { ...open.learning.value, pending: 0, error: new Error('no') };
    await vi.waitFor(() => expect(words()).toContain(text.value.check.failed));
  });

  it('speaks German', async () => {
    await setLanguage('de');
    show(leaves());
    expect(words()).toContain(text.value.check.headline.right);
    expect(words()).toContain('8 von 10');
  });
});
