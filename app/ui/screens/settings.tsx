// Settings: language and looks, what is stored, the model, the app itself.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { formatBytes, formatMs } from '../../format.ts';
import { persistence } from '../../storage/persistence.ts';
import { LANGUAGES, language, setLanguage, text } from '../../text/text.ts';
import { setTheme, type Theme, theme } from '../../theme.ts';
import { choose } from '../../training/backends/self-test.ts';
import type { BackendName } from '../../training/trainer.ts';
import { announce } from '../announce.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { LinkRows } from '../parts/link-rows.tsx';
import { go, hrefOf } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';

export function SettingsScreen() {
  return (
    <div class="screen settings">
      <h1>{text.value.settings.title}</h1>
      <LooksSection />
      <StorageSection />
      <ModelSection />
      <AppSection />
    </div>
  );
}

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

function LooksSection() {
  const { storage } = useApp();
  const words = text.value.settings;
  return (
    <section class="card stack">
      <label class="field">
        <span>{words.language}</span>
        <select
          value={language.value}
          onChange={({ currentTarget }) => {
            const chosen = LANGUAGES.find(([code]) => code === currentTarget.value)?.[0] ?? 'en';
            setLanguage(chosen)
              .then(() => storage.setSetting('language', chosen))
              .catch(showFailure);
          }}
        >
          {LANGUAGES.map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="settings-choice">
        <legend>{words.theme}</legend>
        <div class="segments">
          {THEMES.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="theme"
                checked={theme.value === one}
                onChange={() => setTheme(one, storage).catch(showFailure)}
              />
              <span>{words.themes[one]}</span>
            </label>
          ))}
        </div>
      </fieldset>
    </section>
  );
}

function StorageSection() {
  const { storage } = useApp();
  const projects = useSignal<{ readonly count: number; readonly bytes: number } | null>(null);
  const confirming = useSignal(false);
  const words = text.value.settings.storage;
  const { persisted, usage, quota } = persistence.space.value;
  useEffect(() => {
    void persistence.refresh();
    storage.projects().then((all) => {
      projects.value = { count: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
    }, showFailure);
  }, [storage, projects]);

  async function deleteAll(): Promise<void> {
    confirming.value = false;
    await storage.deleteEverything();
    showToast(words.deleted);
    go({ screen: 'home' });
  }

  return (
    <section class="card stack" aria-labelledby="settings-storage">
      <h2 id="settings-storage">{words.title}</h2>
      <p>
        {usage === null || quota === null
          ? words.unknown
          : words.used(formatBytes(usage), formatBytes(quota))}
      </p>
      {usage !== null && quota !== null && <progress value={usage} max={quota} aria-label={words.title} />}
      {projects.value !== null && (
        <p class="note">{words.projects(projects.value.count, formatBytes(projects.value.bytes))}</p>
      )}
      {persisted !== null && <p>{persisted ? words.persisted : words.notPersisted}</p>}
      <div class="actions">
        {persisted === false && (
          <Button
            onClick={() =>
              void persistence.ask().then((agreed) => {
                if (!agreed) showToast(words.refused);
              })
            }
          >
            {words.ask}
          </Button>
        )}
        <Button
          kind="danger"
          icon="trash"
          onClick={() => {
            confirming.value = true;
          }}
        >
          {words.deleteAll}
        </Button>
      </div>
      {confirming.value && (
        <Dialog
          title={words.deleteTitle}
          onClose={() => {
            confirming.value = false;
          }}
        >
          <p>{words.deleteDetail}</p>
          <div class="actions">
            <Button kind="danger" onClick={() => deleteAll().catch(showFailure)}>
              {words.deleteAll}
            </Button>
            <Button
              onClick={() => {
                confirming.value = false;
              }}
            >
              {text.value.common.cancel}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

function ModelSection() {
  const { trainer } = useApp();
  const words = text.value.settings.model;
  const status = trainer.status.value;
  return (
    <section class="card stack" aria-labelledby="settings-model">
      <h2 id="settings-model">{words.title}</h2>
      <p>
        {status.state === 'ready'
          ? words.ready(status.manifest.name, words.backends[status.backend])
          : words.none}
      </p>
      <Backends running={status.state === 'ready' ? status.backend : null} />
      <LinkRows links={[{ to: hrefOf({ screen: 'trunk' }), words: words.details }]} />
    </section>
  );
}

/** What the self-test of the backends found. */
function Backends({ running }: { readonly running: BackendName | null }) {
  const { backends } = useApp();
  const words = text.value.settings.model;
  const { results, testing } = backends.report.value;
  const chosen = choose(results);
  return (
    <>
      <h3 id="settings-speed">{words.speed.title}</h3>
      {results.length === 0 ? (
        <p class="note">{words.speed.untested}</p>
      ) : (
        <dl class="speeds" aria-labelledby="settings-speed">
          {results.map(({ backend, ms, refused }) => (
            <div key={backend}>
              <dt>{words.speed.names[backend]}</dt>
              <dd>
                {refused === null && ms !== null
                  ? words.speed.time(formatMs(ms))
                  : words.speed.refused[refused ?? 'unavailable']}
                {refused === null && backend === chosen && results.length > 1 && (
                  <span class="note">{words.speed.chosen}</span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {results.length > 0 && running !== null && running !== chosen && <p class="note">{words.speed.next}</p>}
      <div class="actions">
        <Button
          disabled={running === null}
          aria-busy={testing}
          onClick={() => {
            backends.testAgain().then(() => announce(text.value.settings.model.speed.tested), showFailure);
          }}
        >
          {testing ? words.speed.testing : words.speed.again}
        </Button>
      </div>
    </>
  );
}

function AppSection() {
  const { pwa } = useApp();
  const words = text.value.settings.app;
  const offline = {
    ready: words.offlineReady,
    preparing: words.offlinePreparing,
    unsupported: words.offlineUnsupported,
  };
  const install = pwa.install.value;
  return (
    <section class="card stack" aria-labelledby="settings-app">
      <h2 id="settings-app">{words.title}</h2>
      <p>{offline[pwa.offline.value]}</p>
      {install === 'installed' && <p>{words.installed}</p>}
      {install === 'ios' && <p>{words.iosInstall}</p>}
      {install === 'prompt' && (
        <div class="actions">
          <Button icon="download" onClick={() => void pwa.promptInstall()}>
            {words.install}
          </Button>
        </div>
      )}
      <p class="note">
        {words.version(__APP_VERSION__)}. {words.licences}
      </p>
      <LinkRows
        links={[
          { to: hrefOf({ screen: 'connect', link: null }), words: words.server },
          { to: '/docs', words: words.docs },
        ]}
      />
    </section>
  );
}
