// Use: what the project makes of the camera's picture, live, or of a photo.
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import { Button } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';
import { hrefOf } from '../router.ts';
import { Stage } from '../use/stage.tsx';

export function UseScreen({ open }: { readonly open: OpenProject }) {
  const hasHead = open.kept.value !== null || open.learning.value.live !== null;
  return (
    <div class="use">
      <h1 class="visually-hidden">{text.value.use.title}</h1>
      {hasHead ? <Stage open={open} status={<ModelStatus />} /> : <Empty open={open} />}
    </div>
  );
}

function Empty({ open }: { readonly open: OpenProject }) {
  const words = text.value.use.empty;
  const { pending, fitting } = open.learning.value;
  if (pending > 0 || fitting)
    return (
      <div class="use-empty">
        <p role="status">{words.learning}</p>
        <ModelStatus />
      </div>
    );
  return (
    <div class="use-empty">
      <h2>{words.title}</h2>
      <p>{words.detail}</p>
      <a
        class="button primary"
        href={hrefOf({ screen: 'project', project: open.project.value.id, tab: 'teach' })}
      >
        {words.teach}
      </a>
    </div>
  );
}

/** While there is no model to answer with. */
function ModelStatus() {
  const { trainer } = useApp();
  const words = text.value.use.model;
  const status = trainer.status.value;
  switch (status.state) {
    case 'downloading':
      return (
        <Progress
          label={words.downloading(formatBytes(status.done), formatBytes(status.of))}
          done={status.done}
          of={status.of}
        />
      );
    case 'starting':
      return <p class="note">{words.starting}</p>;
    case 'failed':
      return (
        <div class="failure-note" role="alert">
          <p>{words.failed}</p>
          <Button onClick={() => void trainer.start()}>{text.value.common.retry}</Button>
        </div>
      );
    case 'idle':
    case 'ready':
      return null;
    default:
      return status satisfies never;
  }
}
