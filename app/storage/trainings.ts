// Fine-tunings in the middle, one a project.
import { DeviceError } from '../failure.ts';
import type { Database } from './connection.ts';
import type { Storage } from './storage.ts';

type Part = Pick<Storage, 'training' | 'putTraining' | 'deleteTraining'>;

export function trainingStorage({ read, write }: Database): Part {
  return {
    training: (project) =>
      read(['trainings'], async (tx) => (await tx.objectStore('trainings').get(project)) ?? null),
    putTraining: (training) =>
      write(['projects', 'trainings'], async (tx) => {
        if ((await tx.objectStore('projects').getKey(training.project)) === undefined)
          throw new DeviceError('project_missing');
        await tx.objectStore('trainings').put(training);
      }),
    deleteTraining: (project) => write(['trainings'], (tx) => tx.objectStore('trainings').delete(project)),
  };
}
