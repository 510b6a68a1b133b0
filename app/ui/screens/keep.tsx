// Keep and share: the project as a file, its head alone, the server, and the project itself.
import { useSignal } from '@preact/signals';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import { FileSection, HeadSection } from '../keep/file-section.tsx';
import { ProjectSection } from '../keep/project-section.tsx';
import { ServerSection } from '../keep/server-section.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { QrCode } from '../parts/qr-code.tsx';

export function KeepScreen({ open }: { readonly open: OpenProject }) {
  return (
    <div class="keep">
      <h1>{text.value.keep.title}</h1>
      <FileSection open={open} />
      <HeadSection open={open} />
      <ServerSection open={open} />
      <ElsewhereSection />
      <ProjectSection open={open} />
    </div>
  );
}

function ElsewhereSection() {
  const words = text.value.keep.elsewhere;
  const shown = useSignal(false);
  const address = `${location.origin}/`;
  return (
    <section class="card" aria-labelledby="keep-elsewhere">
      <h2 id="keep-elsewhere">{words.title}</h2>
      <p>
        {words.intro} <code>{address}</code>
      </p>
      <div class="actions">
        <Button
          onClick={() => {
            shown.value = true;
          }}
        >
          {words.show}
        </Button>
      </div>
      {shown.value && (
        <Dialog
          title={words.title}
          onClose={() => {
            shown.value = false;
          }}
        >
          <QrCode value={address} label={words.code(address)} />
          <p>
            {words.scan} <code>{address}</code>
          </p>
        </Dialog>
      )}
    </section>
  );
}
