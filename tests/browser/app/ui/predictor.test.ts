import * as v from 'valibot';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer, Api, PredictionAnswer } from '../../../../app/client.ts';
import page from '../../../../app/index.html?raw';
import { startPredictor } from '../../../../app/ui/predictor.ts';
import { Digest, HeadId, ModelName } from '../../../../src/contract/ids.ts';
import { readFile } from '../../support/files.ts';
import { MODEL } from '../../support/model.ts';

const SAMPLE = { name: 'a picture', url: '/tests/golden/image/png-rgb.png' };

interface Call {
  readonly image: Blob;
  readonly signal: AbortSignal;
  readonly answer: (answer: Answer<PredictionAnswer>) => void;
}

const answerOf = (label: string, rejected = false): Answer<PredictionAnswer> => ({
  ok: true,
  value: {
    predictions: [
      { label, score: 0.75 },
      { label: 'other', score: 0.25 },
    ],
    model: v.parse(ModelName, 'tiny'),
    head: v.parse(HeadId, 'tiny'),
    revision: v.parse(Digest, 'ef'.repeat(32)),
    rejected,
    timings: [
      { name: 'trunk', ms: 21.4 },
      { name: 'head', ms: null },
    ],
    roundTripMs: 30,
  },
});

/** The page with a predictor on it, whose API answers when the test says. */
function start(): readonly Call[] {
  const calls: Call[] = [];
  const predict: Api['predict'] = (_, image, signal) =>
    new Promise((answer) => calls.push({ image, signal, answer }));
  const none = async () => ({ ok: true as const, value: [] });
  startPredictor({ models: none, heads: none, statistics: none, predict }, MODEL.name, [SAMPLE]);
  return calls;
}

const textOf = (id: string) => document.getElementById(id)?.textContent ?? '';

function drop(...files: readonly File[]): void {
  const dataTransfer = new DataTransfer();
  for (const file of files) dataTransfer.items.add(file);
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}

const picture = async () => new File([await readFile('tests/golden/image/png-rgb.png')], 'a.png');

beforeEach(() => {
  const parsed = new DOMParser().parseFromString(page, 'text/html');
  document.body.replaceChildren(...parsed.body.children);
});

describe('startPredictor', () => {
  it('sends a sample and shows the classes, the head and the time', async () => {
    const calls = start();
    document.querySelector<HTMLButtonElement>('#samples button')?.click();
    await vi.waitUntil(() => calls.length === 1);
    expect(calls[0]?.image.type).toBe('image/png');
    calls[0]?.answer(answerOf('boot'));
    await vi.waitUntil(() => textOf('answer-body').includes('boot'));
    expect([...document.querySelectorAll('.bars li')].map((li) => li.textContent)).toEqual([
      'boot75 %',
      'other25 %',
    ]);
    expect(textOf('answer-body')).toContain('tiny, revision efefefef…efef');
    expect(textOf('answer-body')).toContain('30 ms there and back; on the server trunk 21 ms');
    expect(textOf('answer-body')).toContain('the file as it is');
    expect(textOf('status')).toBe('boot 75 %, other 25 %.');
  });

  it('takes a dropped file and a pasted one', async () => {
    const calls = start();
    drop(await picture());
    await vi.waitUntil(() => calls.length === 1);
    const clipboardData = new DataTransfer();
    clipboardData.items.add(await picture());
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    await vi.waitUntil(() => calls.length === 2);
  });

  it('leaves a picture that is still under way for a new one', async () => {
    const calls = start();
    drop(await picture());
    await vi.waitUntil(() => calls.length === 1);
    drop(await picture());
    await vi.waitUntil(() => calls.length === 2);
    expect(calls[0]?.signal.aborted).toBe(true);
    calls[1]?.answer(answerOf('second'));
    await vi.waitUntil(() => textOf('answer-body').includes('second'));
    calls[0]?.answer(answerOf('first'));
    drop(await picture());
    await vi.waitUntil(() => calls.length === 3);
    expect(textOf('answer-body')).toContain('second');
  });

  it('warns when the picture is unlike everything that the head was trained on', async () => {
    const calls = start();
    drop(await picture());
    await vi.waitUntil(() => calls.length === 1);
    calls[0]?.answer(answerOf('boot', true));
    await vi.waitUntil(() => textOf('answer-body').includes('unlike everything'));
    expect(textOf('status')).toMatch(/^Unlike everything/);
  });

  it('says in words why there is no answer', async () => {
    const calls = start();
    drop(await picture());
    await vi.waitUntil(() => calls.length === 1);
    calls[0]?.answer({ ok: false, failure: { title: 'Too many requests', detail: 'Wait a minute.' } });
    await vi.waitUntil(() => textOf('status') === 'Too many requests. Wait a minute.');
    expect(textOf('answer-body')).toContain('Wait a minute.');
  });

  it('sends nothing of a file that is no picture, and says what it is', async () => {
    const calls = start();
    drop(new File(['%PDF-1.7'], 'a.png', { type: 'image/png' }));
    await vi.waitUntil(() => textOf('answer-body').includes('This is a PDF.'));
    expect(calls).toEqual([]);
  });

  it('has words for a drop that is not a file', async () => {
    start();
    drop();
    expect(textOf('answer-body')).toContain('That was not a file');
  });
});
