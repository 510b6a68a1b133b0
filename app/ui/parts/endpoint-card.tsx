// How a program asks a head: its address, and examples to paste. A key that is made here is shown once, stands in the
// examples, and is not stored.
import { useId, useState } from 'preact/hooks';
import type { HeadId } from '../../../src/contract/ids.ts';
import { text } from '../../text/text.ts';
import { announce } from '../announce.ts';
import { copyText } from '../copy-text.ts';
import { showToast } from '../toasts.ts';
import { Button, IconButton } from './button.tsx';
import { endpointUrl, SNIPPET_LANGUAGES, type SnippetLanguage, snippetOf } from './snippets.ts';

export function EndpointCard({
  origin,
  head,
  makeKey,
}: {
  readonly origin: string;
  readonly head: HeadId;
  /** Makes a key that may ask this head, and gives its token. */
  readonly makeKey: () => Promise<string>;
}) {
  const words = text.value.endpoint;
  const group = useId();
  const [language, setLanguage] = useState<SnippetLanguage>('curl');
  const [token, setToken] = useState<string | null>(null);
  const [making, setMaking] = useState(false);
  const code = snippetOf(language, { origin, head, token });

  async function make(): Promise<void> {
    setMaking(true);
    try {
      setToken(await makeKey());
      announce(words.keyMade);
    } catch (error) {
      console.error(error);
      showToast(text.value.keep.server.failed, { kind: 'failure' });
    } finally {
      setMaking(false);
    }
  }

  return (
    <section class="card endpoint" aria-labelledby={`${group}-title`}>
      <h3 id={`${group}-title`}>{words.title}</h3>
      <p>{words.intro}</p>
      <p class="endpoint-address">
        <span class="note">{words.address}</span> <code>{endpointUrl({ origin, head })}</code>
      </p>
      {token === null ? (
        <div class="endpoint-key">
          <p class="note">{words.noKey}</p>
          <Button disabled={making} onClick={make}>
            {making ? words.making : words.makeKey}
          </Button>
        </div>
      ) : (
        <div class="caution">
          <p>{words.keyOnce}</p>
          <p class="endpoint-token">
            <code>{token}</code>
            <IconButton icon="copy" label={words.copyKey} onClick={() => copyText(token)} />
          </p>
        </div>
      )}
      <fieldset class="segments">
        <legend class="visually-hidden">{words.language}</legend>
        {SNIPPET_LANGUAGES.map((name) => (
          <label key={name}>
            <input type="radio" name={group} checked={name === language} onChange={() => setLanguage(name)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <div class="endpoint-code">
        <pre>
          <code>{code}</code>
        </pre>
        <IconButton icon="copy" label={words.copyCode(language)} onClick={() => copyText(code)} />
      </div>
    </section>
  );
}
