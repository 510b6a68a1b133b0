// Teach: what the camera sees and what it is taken for, the shutter, and the classes with their photos.
import { useEffect, useMemo } from 'preact/hooks';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import { CameraPreview } from '../parts/camera-preview.tsx';
import { useArrivingFiles } from '../teach/arriving-files.ts';
import { ClassList } from '../teach/class-list.tsx';
import { ClassSheet } from '../teach/class-sheet.tsx';
import { Dock } from '../teach/dock.tsx';
import { GuideLines } from '../teach/guide-lines.tsx';
import { ImportProgress, RefusedSheet } from '../teach/import-progress.tsx';
import { LiveCaption } from '../teach/live-caption.tsx';
import { PhotosSheet } from '../teach/photos-sheet.tsx';
import { createTeachSession, type TeachSession } from '../teach/session.ts';

export function TeachScreen({ open }: { readonly open: OpenProject }) {
  const session = useMemo(() => createTeachSession(open), [open]);
  useEffect(() => () => session.stop(), [session]);
  const dropping = useArrivingFiles(session);
  return (
    <div class="teach" data-dropping={dropping.value}>
      <h1 class="visually-hidden">{text.value.teach.title}</h1>
      <div class="teach-look">
        <CameraPreview>
          <LiveCaption session={session} />
        </CameraPreview>
        <Dock session={session} />
        <GuideLines session={session} />
        <ImportProgress session={session} />
      </div>
      <ClassList session={session} />
      <Sheets session={session} />
    </div>
  );
}

function Sheets({ session }: { readonly session: TeachSession }) {
  const sheet = session.sheet.value;
  switch (sheet?.kind) {
    case 'class':
      return <ClassSheet session={session} id={sheet.id} />;
    case 'photos':
      return <PhotosSheet key={sheet.id} session={session} id={sheet.id} first={sheet.photo} />;
    case 'refused':
      return <RefusedSheet session={session} report={sheet.report} />;
    case undefined:
      return null;
  }
}
