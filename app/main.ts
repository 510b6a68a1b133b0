// The page's composition root: asks the server what it has, and hands it to the parts of the page.
import { type Answer, createApi, type Model } from './api.ts';
import { SAMPLES } from './samples.ts';
import { failureView } from './ui/answer.ts';
import { copyButton } from './ui/copy-button.ts';
import { byId, h } from './ui/h.ts';
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
  if (model.defaultHead === null) showNoHead();
  else startPredictor(api, model.name, SAMPLES);
  fill(statistics, await api.statistics(model), statisticsChart);
}

function fill<T>(place: HTMLElement, answer: Answer<T>, view: (value: T) => HTMLElement): void {
  place.replaceChildren(answer.ok ? view(answer.value) : failureView(answer.failure));
  place.setAttribute('aria-busy', 'false');
}

function noModel(): HTMLElement {
  return h('p', {}, 'This server has no trunk yet. Build one in with ', h('code', {}, 'npm run build'), '.');
}

function showNoHead(): void {
  const note = byId('no-head', HTMLElement);
  note.hidden = false;
  note.replaceChildren(
    'There is no head here yet, so nothing can be predicted. Train one on ten garments and put it here with ',
    h('code', {}, 'npm run demo'),
    ' in the project’s folder, then reload this page.',
  );
}

function showCommand(): void {
  const command = `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' ${location.origin}/api/predict`;
  byId('curl', HTMLElement).replaceChildren(h('code', {}, command), copyButton(command, 'the command'));
}
