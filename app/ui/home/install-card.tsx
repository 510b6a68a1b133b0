// Offers to install the app where the browser allows it, and says how where it cannot be asked.
import { useApp } from '../../app.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';

export function InstallCard() {
  const { pwa } = useApp();
  const how = pwa.install.value;
  if (how !== 'prompt' && how !== 'ios') return null;
  const words = text.value.home.install;
  return (
    <section class="card install-card" aria-labelledby="install-title">
      <h2 id="install-title">{words.title}</h2>
      <p>{how === 'ios' ? words.ios : words.prompt}</p>
      <div class="actions">
        {how === 'prompt' && (
          <Button kind="primary" icon="download" onClick={() => void pwa.promptInstall()}>
            {words.action}
          </Button>
        )}
        <Button kind="quiet" onClick={() => void pwa.dismissInstall()}>
          {words.dismiss}
        </Button>
      </div>
    </section>
  );
}
