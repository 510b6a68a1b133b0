// The built app in a browser, as tests drive it.
import type { Page } from 'playwright-core';

/** Opens the app with a new project in storage: of that id, with classes of those names and no photos. */
export async function openNewProject(
  page: Page,
  origin: string,
  classes: readonly string[],
): Promise<string> {
  const id = crypto.randomUUID();
  await page.goto(origin);
  await page.locator('main').waitFor();
  const project = {
    ...{ id, title: 'Garments', createdAt: Date.now(), updatedAt: Date.now(), model: 'mobilenet-v2' },
    classes: classes.map((name, colour) => ({ id: crypto.randomUUID(), name, colour })),
    answers: { topK: 3, threshold: 0.5 },
  };
  await page.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('topwork');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction('projects', 'readwrite');
      writing.objectStore('projects').put(${JSON.stringify(project)});
      writing.oncomplete = () => { opening.result.close(); resolve(); };
      writing.onerror = () => reject(writing.error);
    };
  })`);
  await page.goto(`${origin}/#/p/${id}/teach`);
  await page.locator('.teach').waitFor();
  return id;
}
