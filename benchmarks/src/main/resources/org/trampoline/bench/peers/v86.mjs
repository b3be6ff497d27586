// Runs a multiboot image on v86 under node: what the guest writes to port 0xe9 goes to standard output.
// Arguments: the folder of the npm package, the image, megabytes of RAM.
import { writeSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, image, megabytes] = process.argv.slice(-3);
const build = resolve(folder, "build");
const { V86 } = await import(pathToFileURL(join(build, "libv86.mjs")));
const bytes = readFileSync(image);
const emulator = new V86({
  wasm_path: join(build, "v86.wasm"),
  memory_size: Number(megabytes) << 20,
  multiboot: { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
  disable_speaker: true,
  autostart: false,
});
emulator.add_listener("emulator-loaded", () => {
  const four = [];
  emulator.v86.cpu.io.register_write(0xe9, null, (value) => {
    four.push(value);
    if (four.length === 4) {
      writeSync(1, Buffer.from(four.splice(0)));
    }
  });
  emulator.run();
});
