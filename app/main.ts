// The page's composition root: asks the server what it has, and hands it to the parts of the page.
import { type Answer, createApi, type Model } from './client.ts';
import { SAMPLES } from './samples.ts';
import { failureView } from './ui/answer.ts';
import { copyButton } from './ui/copy-button.ts';
import { byId, h } from './ui/h.ts';
import { headNote } from './ui/head-note.ts';
import { startPredictor } from './ui/predictor.ts';
import { statisticsChart } from './ui/statistics-chart.ts';
import { trunkFacts } from './ui/trunk-facts.ts';

const api = createApi(location.origin);
const trunk = byId('trunk', HTMLElement);
const statistics = byId('statistics', HTMLElement);

showCommand();
const models = await api.models();
fill(trunk, models, ([model]) => (model === undefined ? noModel() : trunkFacts(model)));
const model: Model | undefined = models.ok ? models.value[0] : undefined;
if (model === undefined) {
  fill(statistics, models, noModel);
} else {
  await Promise.all([showHead(model), showStatistics(model)]);
}

async function showHead(model: Model): Promise<void> {
  const note = byId('head', HTMLElement);
  if (model.defaultHead === null) return note.replaceChildren(noHead(model));
  startPredictor(api, model.name, SAMPLES);
  const heads = await api.heads();
  const head = heads.ok ? heads.value.find(({ id }) => id === model.defaultHead) : undefined;
  if (head !== undefined) note.replaceChildren(headNote(head));
}

async function showStatistics(model: Model): Promise<void> {
  fill(statistics, await api.statistics(model), statisticsChart);
}

function fill<T>(place: HTMLElement, answer: Answer<T>, view: (value: T) => HTMLElement): void {
  place.replaceChildren(answer.ok ? view(answer.value) : failureView(answer.failure));
  place.setAttribute('aria-busy', 'false');
}

function noModel(): HTMLElement {
  return h('p', {}, 'This server has no trunk yet. Build one in with ', h('code', {}, 'npm run build'), '.');
}

function noHead(model: Model): HTMLElement {
  return h(
    'p',
    { class: 'caution' },
    'There is no head here yet, so nothing can be predicted. On a machine of your own ',
    h('code', {}, 'npm start'),
    ' trains one on ten garments; on a deployed server the operator puts one at ',
    h('code', {}, `/api/heads/${model.name}`),
    '. Then reload this page.',
  );
}

function showCommand(): void {
  const command = `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' ${location.origin}/api/predict`;
  byId('curl', HTMLElement).replaceChildren(h('code', {}, command), copyButton(command, 'the command'));
}
