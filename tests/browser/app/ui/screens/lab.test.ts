import { h } from 'preact';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DeviceError } from '../../../../../app/failure.ts';
import type { OpenProject } from '../../../../../app/project/open-project.ts';
import type { ExampleId } from '../../../../../app/storage/schema.ts';
import { more } from '../../../../../app/text/more.ts';
import { setLanguage, text } from '../../../../../app/text/text.ts';
import type { LabResult } from '../../../../../app/training/deeper.ts';
import { announcement } from '../../../../../app/ui/announce.ts';
import { LabScreen } from '../../../../../app/ui/screens/lab.tsx';
import { fakeApp } from '../../../support/fake-app.ts';
import { labModes } from '../../../support/lab.ts';
import { led } from '../../../support/led.ts';
import { fakeOpenProject, judged, trainedOn } from '../../../support/open-project.ts';
import { aProject } from '../../../support/records.ts';
import { named, problems, show } from '../../../support/screens.ts';

const project = aProject();
const { examples, heldOut } = judged(
  project,
  Array.from({ length: 20 }, (_, i) => [i % 2, i % 2] as const),
);
const live = trainedOn(project, heldOut);
const newest = examples.at(-1);
const words = () => more.value.lab;

/** A screen whose lab is led by the test, and what it was asked about. */
function aLab(given: Partial<Parameters<typeof fakeOpenProject>[1]> = {}) {
  const work = led<LabResult>();
  const asked: { photo: ExampleId; mates: readonly (readonly ExampleId[])[] }[] = [];
  const lab: OpenProject['lab'] = (photo, mates, hooks) => {
    asked.push({ photo, mates });
    return work.run(hooks);
  };
  const open = fakeOpenProject(project, { examples, live, actions: { lab }, ...given });
  const root = show(fakeApp().app, h(LabScreen, { open }));
  const finish = () => {
    const last = asked.at(-1);
    if (last !== undefined) work.resolve({ ...last, modes: labModes(last.mates.length) });
  };
  return { open, root, work, asked, finish };
}

async function ran(given?: Parameters<typeof aLab>[0]) {
  const lab = aLab(given);
  named(lab.root, words().run).click();
  await vi.waitFor(() => expect(lab.asked).toHaveLength(1));
  lab.finish();
  await vi.waitFor(() => expect(modesOf(lab.root)).toHaveLength(4));
  return lab;
}

const modesOf = (root: Element) => [...root.querySelectorAll('.lab-mode')];
const wait = (root: Element, some: string) => vi.waitFor(() => expect(root.textContent).toContain(some));

beforeEach(() => setLanguage('en'));

describe('the BatchNorm lab', () => {
  it('asks about the newest photo, with its own class, with others and with a mix', async () => {
    const { root, asked } = aLab();
    named(root, words().run).click();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.photo).toBe(newest?.id);
    expect(asked[0]?.mates.map((set) => set.length)).toEqual([7, 7, 7]);
  });

  it('shows for each pair of flags what it does to the answer, and what moved', async () => {
    const { root } = await ran();
    const modes = modesOf(root).map((mode) => mode.textContent ?? '');
    expect(modes.map((mode) => /^trainable=\w+, training=[TF][a-z]+e/.exec(mode)?.[0])).toEqual([
      'trainable=True, training=True',
      'trainable=True, training=False',
      'trainable=False, training=True',
      'trainable=False, training=False',
    ]);
    const { verdict, moved, learnt, by } = words().result;
    const same = verdict.same('Oak 93\u00a0%');
    for (const [i, said] of [
      [verdict.changes('Oak 93\u00a0%', 'Elm 51\u00a0%'), moved(3, 3), learnt(2, 2), by.batch],
      [same, moved(0, 3), learnt(2, 2), by.stored],
      [same, moved(0, 3), learnt(0, 2), by.stored],
      [same, moved(0, 3), learnt(0, 2), by.stored],
    ].entries())
      for (const one of said) expect(modes[i]).toContain(one);
    expect(root.querySelectorAll('.layer-strip')).toHaveLength(1);
    expect(root.querySelectorAll('.layer-strip rect')).toHaveLength(6);
    await vi.waitFor(() =>
      expect(announcement.value).toContain(verdict.changes('Oak 93\u00a0%', 'Elm 51\u00a0%')),
    );
  });

  it('says that three are alike by Keras’s rule, and complains when they are not', async () => {
    const { root } = await ran();
    expect(root.querySelector('.lab-rule')?.textContent).toBe(words().result.rule.replaceAll('`', ''));
    const broken = aLab();
    named(broken.root, words().run).click();
    await vi.waitFor(() => expect(broken.asked).toHaveLength(1));
    const modes = labModes(3).map((mode) => ({ ...mode, same: false }));
    broken.work.resolve({ photo: examples[0]?.id ?? ('' as ExampleId), mates: [], modes });
    await wait(broken.root, words().result.noRule);
    expect(broken.root.querySelector('.lab-rule')).toBeNull();
  });

  it('shows how far it is, and stops without having changed anything', async () => {
    const { root, work, asked } = aLab();
    named(root, words().run).click();
    await wait(root, words().progress.preparing);
    await vi.waitFor(() => expect(document.activeElement).toBe(root.querySelector('.lab-outcome')));
    work.progress(3, 12);
    await wait(root, words().progress.step(3, 12));
    expect(named(root, words().mates.shuffle)).toHaveProperty('disabled', true);
    named(root, text.value.common.cancel).click();
    await wait(root, words().progress.stopped);
    expect(work.hooks[0]?.signal.aborted).toBe(true);
    named(root, words().again).click();
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]).toEqual(asked[0]);
  });

  it('says why it failed', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { root, work, asked } = aLab();
    named(root, words().run).click();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    work.reject(new DeviceError('trainer_crashed'));
    await wait(root, text.value.failures.trainer_crashed.title);
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });

  it('draws other mates, and forgets what came of the ones before', async () => {
    const { root, asked, finish } = await ran();
    named(root, words().mates.shuffle).click();
    await vi.waitFor(() => expect(modesOf(root)).toHaveLength(0));
    named(root, words().run).click();
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    finish();
    await vi.waitFor(() => expect(modesOf(root)).toHaveLength(4));
    expect(asked[1]?.photo).toBe(asked[0]?.photo);
    expect(asked[1]?.mates).not.toEqual(asked[0]?.mates);
  });

  it('asks about the photo that was chosen', async () => {
    const { root, asked } = aLab();
    named(root, words().photo.choose).click();
    await vi.waitFor(() => expect(root.querySelector('dialog')).not.toBeNull());
    expect(named(root, words().photo.nth(1, 'Elm')).ariaPressed).toBe('true');
    named(root, words().photo.nth(3, 'Oak')).click();
    await wait(root, words().photo.of('Oak'));
    expect(root.querySelector('dialog')).toBeNull();
    named(root, words().run).click();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.photo).toBe(examples[14]?.id);
  });

  it('offers the photos that the live head is least sure of', async () => {
    const { root, asked } = aLab();
    named(root, words().photo.choose).click();
    await vi.waitFor(() => expect(root.querySelector('dialog')).not.toBeNull());
    named(root, words().photo.nthDoubtful(2, 'Elm')).click();
    named(root, words().run).click();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.photo).toBe(live.doubtful[1]);
  });

  it('keeps what came of it while another screen is shown', async () => {
    const { open } = await ran();
    const again = show(fakeApp().app, h(LabScreen, { open }));
    expect(modesOf(again)).toHaveLength(4);
  });

  it.each([
    [
      'two classes',
      { live: null, examples: examples.filter((_, i) => i % 2 === 0) },
      () => words().needs.head,
    ],
    ['four photos', { examples: examples.slice(0, 3) }, () => words().needs.photos(4, 3)],
  ])('says that it needs %s', (_, given, said) => {
    const { root } = aLab(given);
    expect(root.textContent).toContain(said());
    expect(root.querySelector('.lab-start')).toBeNull();
    expect(named(root, words().needs.teach).getAttribute('href')).toContain(`${project.id}/teach`);
  });

  it.each(['en', 'de'] as const)('has nothing that axe finds wrong (%s)', async (language) => {
    await setLanguage(language);
    const { root } = await ran();
    expect(await problems(root)).toEqual([]);
    named(root, words().photo.choose).click();
    await vi.waitFor(() => expect(root.querySelector('dialog')).not.toBeNull());
    expect(await problems(root)).toEqual([]);
  });
});
