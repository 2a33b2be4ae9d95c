/** Everything is compressed once, here, as hard as it goes; the server only picks. */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const br = promisify(brotliCompress);
const gz = promisify(gzip);
const PACKED = /\.(br|gz)$/;

async function compressOne(path) {
  const body = await readFile(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
  };
  await writeFile(`${path}.br`, await br(body, { params }));
  await writeFile(`${path}.gz`, await gz(body, { level: constants.Z_BEST_COMPRESSION }));
}

export async function compressAll(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile() && !PACKED.test(e.name));
  await Promise.all(files.map((e) => compressOne(join(e.parentPath, e.name))));
}
