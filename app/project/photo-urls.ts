// Object URLs of photos: one a photo while the project is open, read from storage when it is first asked for.
import type { ExampleId } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

export interface PhotoUrls {
  get(id: ExampleId): Promise<string | null>;
  /** Frees those of photos that are gone. */
  drop(ids: readonly ExampleId[]): void;
  dropAll(): void;
}

export function createPhotoUrls(storage: Storage): PhotoUrls {
  const urls = new Map<ExampleId, Promise<string | null>>();

  async function make(id: ExampleId): Promise<string | null> {
    const photo = await storage.photo(id);
    return photo === null ? null : URL.createObjectURL(new Blob([photo.data], { type: photo.type }));
  }

  function drop(ids: readonly ExampleId[]): void {
    for (const id of ids) {
      const url = urls.get(id);
      urls.delete(id);
      url?.then(
        (made) => made !== null && URL.revokeObjectURL(made),
        () => {},
      );
    }
  }

  return {
    get(id) {
      const known = urls.get(id);
      if (known !== undefined) return known;
      const made = make(id);
      urls.set(id, made);
      const forget = () => urls.get(id) === made && urls.delete(id);
      // What is not there now may be there later, when its deletion was taken back.
      made.then((url) => url === null && forget(), forget);
      return made;
    },
    drop,
    dropAll: () => drop([...urls.keys()]),
  };
}
