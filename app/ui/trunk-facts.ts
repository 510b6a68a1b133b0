// The trunk's facts, as its manifest has them.
import type { Model } from '../client.ts';
import { formatBytes, formatCount, formatValue, shortDigest } from '../format.ts';
import { copyButton } from './copy-button.ts';
import { type Child, h } from './h.ts';

/** A list of names and values. */
export function trunkFacts(model: Model): HTMLElement {
  const { input, defaults, cuts, files, parameters, batchNorm } = model;
  const cut = cuts.find(({ layer }) => layer === defaults.cut);
  const [low, high] = input.range;
  const channels = batchNorm.reduce((sum, layer) => sum + layer.channels, 0);
  const size = (side: number) => `${side} × ${side} px`;
  return h(
    'dl',
    { class: 'facts' },
    ...fact('Name', h('code', {}, model.name)),
    ...fact(
      'Input',
      size(input.size),
      note(
        `RGB, values ${formatValue(low)} to ${formatValue(high)}. New heads read pictures at ${size(defaults.size)}.`,
      ),
    ),
    ...fact('Parameters', formatCount(parameters), note(`Places where it can be cut: ${cuts.length}.`)),
    ...(cut === undefined
      ? []
      : fact(
          'Multiply-adds to the cut',
          formatCount(cut.macs),
          note(
            'For one image of native size. The cut is ',
            h('code', {}, cut.layer),
            ` with ${cut.dim} features.`,
          ),
        )),
    ...fact(
      'BatchNorm',
      `${batchNorm.length} layers`,
      note(`Mean and variance of ${channels.toLocaleString('en')} channels.`),
    ),
    ...fact(
      'Download',
      formatBytes(files.reduce((sum, { bytes }) => sum + bytes, 0)),
      note(
        'A plain tfjs layers-model: ',
        h('a', { href: `/models/${model.name}/model.json` }, 'model.json'),
        ' loads from any origin.',
      ),
    ),
    ...fact(
      'Licence',
      h('a', { href: `/models/${model.name}/LICENSE` }, model.licence),
      note(source(model.source)),
    ),
    ...fact('Trunk digest', ...digest(model.digest, 'the digest of the trunk')),
    ...fact('Statistics digest', ...digest(model.statistics, 'the digest of the statistics')),
  );
}

function fact(name: string, ...value: readonly Child[]): readonly HTMLElement[] {
  return [h('div', {}, h('dt', {}, name), h('dd', {}, ...value))];
}

function note(...text: readonly Child[]): HTMLElement {
  return h('span', { class: 'note' }, ...text);
}

function digest(value: string, what: string): readonly Child[] {
  return [h('code', { title: value }, shortDigest(value)), ' ', copyButton(value, what)];
}

/** `npm:<package>@<version>/<path>` links to the package's page. */
function source(text: string): Child {
  const name = /^npm:((?:@[\w.-]+\/)?[\w.-]+)@/.exec(text)?.[1];
  const shown = h('code', {}, text);
  return name === undefined ? shown : h('a', { href: `https://www.npmjs.com/package/${name}` }, shown);
}
