// Photos that another app shares: into the inbox, and the person to the screen where they get a class.
import { openStorage } from '../storage/database.ts';
import type { InboxRecord } from '../storage/schema.ts';

/** More of a share are left out. */
const MAX_FILES = 200;

/** Stores the images of a share and leads to the inbox; one that cannot be stored leads there too, and is said. */
export async function receiveShare(request: Request): Promise<Response> {
  try {
    const form = await request.formData();
    const files = form.getAll('photos').filter((value): value is File => value instanceof File);
    const photos = await Promise.all(files.slice(0, MAX_FILES).map(recordOf));
    if (photos.length > 0) {
      const storage = await openStorage();
      await storage.addToInbox(photos).finally(() => storage.close());
    }
    return Response.redirect('/#/inbox', 303);
  } catch {
    return Response.redirect('/#/inbox?failed', 303);
  }
}

async function recordOf(file: File): Promise<InboxRecord> {
  return {
    name: file.name,
    type: file.type,
    data: await file.arrayBuffer(),
    receivedAt: Date.now(),
  };
}
