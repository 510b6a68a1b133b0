// The trunk's facts, as its manifest has them.
import type { ComponentChildren } from 'preact';
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import { formatBytes, formatValue, shortDigest } from '../../format.ts';
import { more } from '../../text/more.ts';
import { language } from '../../text/text.ts';
import { copyText } from '../copy-text.ts';
import { IconButton } from '../parts/button.tsx';

/** A list of names and values. */
export function TrunkFacts({ manifest }: { readonly manifest: ModelManifest }) {
  const { name, input, defaults, cuts, files, parameters, batchNorm, licence, source } = manifest;
  const words = more.value.trunk.facts;
  const cut = cuts.find(({ layer }) => layer === defaults.cut);
  const [low, high] = input.range;
  const channels = batchNorm.reduce((sum, layer) => sum + layer.channels, 0);
  const count = new Intl.NumberFormat(language.value);
  const short = new Intl.NumberFormat(language.value, {
    ...{ notation: 'compact', compactDisplay: 'long', maximumSignificantDigits: 3 },
  });
  return (
    <dl class="trunk-facts">
      <Fact name={words.name} value={<code>{name}</code>}>
        <Source source={source} />
      </Fact>
      <Fact name={words.input} value={words.size(input.size)}>
        {words.inputNote(formatValue(low), formatValue(high), words.size(defaults.size))}
      </Fact>
      <Fact name={words.parameters} value={short.format(parameters)}>
        {words.cuts(cuts.length)}
      </Fact>
      {cut && (
        <Fact name={words.macs} value={short.format(cut.macs)}>
          {words.cutNote(cut.layer, cut.dim)}
        </Fact>
      )}
      <Fact name={words.batchNorm} value={words.layers(batchNorm.length)}>
        {words.channelsNote(count.format(channels))}
      </Fact>
      <Fact name={words.download} value={formatBytes(files.reduce((sum, { bytes }) => sum + bytes, 0))}>
        {words.downloadNote} <a href={`/models/${name}/model.json`}>model.json</a>
      </Fact>
      <Fact name={words.licence} value={<a href={`/models/${name}/LICENSE`}>{licence}</a>} />
      <Digest name={words.trunkDigest} digest={manifest.digest} />
      <Digest name={words.statisticsDigest} digest={manifest.statistics} />
    </dl>
  );
}

function Fact({
  name,
  value,
  children,
}: {
  readonly name: string;
  readonly value: ComponentChildren;
  /** In smaller letters below. */
  readonly children?: ComponentChildren;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {children && <span class="note">{children}</span>}
      </dd>
    </div>
  );
}

function Digest({ name, digest }: { readonly name: string; readonly digest: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="digest">
        <code title={digest}>{shortDigest(digest)}</code>
        <IconButton
          icon="copy"
          label={`${more.value.trunk.facts.copyDigest}: ${name}`}
          onClick={() => void copyText(digest)}
        />
      </dd>
    </div>
  );
}

/** `npm:<package>@<version>/<path>` links to the package's page. */
function Source({ source }: { readonly source: string }) {
  const name = /^npm:((?:@[\w.-]+\/)?[\w.-]+)@/.exec(source)?.[1];
  const shown = <code>{source}</code>;
  return name === undefined ? shown : <a href={`https://www.npmjs.com/package/${name}`}>{shown}</a>;
}
