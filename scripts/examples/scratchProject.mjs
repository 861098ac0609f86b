// A project of TypeScript in the system's temporary folder, with everything that the workspace has installed.
// TypeScript 7 is a process of its own, which ends with this one. Its API is called unstable: package.json pins its version.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { API } from 'typescript/unstable/sync';

import { linkDependencies, scratchFolder } from '../packed.mjs';

export class ScratchProject {
  folder = scratchFolder('examples');
  #config = join(this.folder, 'tsconfig.json');
  #api = new API({ cwd: this.folder });

  /**
   * @param config its tsconfig.json
   * @param folders of the workspace, whose dependencies its files may import
   */
  constructor(config, folders) {
    for (const folder of folders) {
      linkDependencies(
        folder,
        ['dependencies', 'peerDependencies', 'devDependencies'],
        join(this.folder, 'node_modules'),
      );
    }
    this.write('tsconfig.json', JSON.stringify(config));
  }

  write(path, text) {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** The program and its checker as the files are now. What an earlier call has returned is out of date. */
  open(changes = {}) {
    const inFolder = paths => paths?.map(path => join(this.folder, path));
    const snapshot = this.#api.updateSnapshot({
      openProjects: [this.#config],
      fileChanges: { created: inFolder(changes.created), changed: inFolder(changes.changed) },
    });
    return snapshot.getProject(this.#config);
  }
}
