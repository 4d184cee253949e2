import type Sigma from "sigma";

import { token } from "../../shared/colours";
import type { EdgeFacts, NodeFacts } from "./data";
import { motion } from "./programs";

const LAYERS = ["edges", "nodes", "labels", "hovers"];

interface Drawing {
  render: () => unknown;
  renderFrame: number | null;
}

/** Whether the processor draws in place of a graphics card. */
export function drawsInSoftware(): boolean {
  const gl = document.createElement("canvas").getContext("webgl");
  const facts = gl?.getExtension("WEBGL_debug_renderer_info");
  const renderer = gl && facts ? String(gl.getParameter(facts.UNMASKED_RENDERER_WEBGL)) : "";
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

/** Moves one picture of the network, links and words included, until the view rests; only then it is drawn anew. */
export function slideWhileMoving(sigma: Sigma<NodeFacts, EdgeFacts>, measured: () => void): void {
  const drawing = sigma as unknown as Drawing;
  const draw = drawing.render.bind(sigma);
  const camera = sigma.getCamera();
  const layers = LAYERS.flatMap((name) => sigma.getCanvases()[name] ?? []);
  const picture = document.createElement("canvas");
  picture.className = "sliding-picture";
  picture.hidden = true;
  sigma.getContainer().prepend(picture);
  let taken = camera.getState();

  const show = (sliding: boolean): void => {
    picture.hidden = !sliding;
    for (const layer of layers) layer.classList.toggle("slid-layer", sliding);
  };
  const take = (): void => {
    taken = camera.getState();
    draw();
    copy(layers, picture);
    picture.style.transform = "";
    show(true);
  };
  const slide = (): void => {
    if (drawing.renderFrame !== null) cancelAnimationFrame(drawing.renderFrame);
    drawing.renderFrame = null;
    const now = camera.getState();
    const scale = taken.ratio / now.ratio;
    const middle = { x: 0.5, y: 0.5 };
    const before = sigma.framedGraphToViewport(middle, { cameraState: taken });
    const after = sigma.framedGraphToViewport(middle, { cameraState: now });
    picture.style.transform = `translate(${after.x - before.x * scale}px, ${after.y - before.y * scale}px) scale(${scale})`;
    measured();
  };

  drawing.render = () => {
    if (!motion.view) {
      show(false);
      draw();
    } else if (picture.hidden) take();
    else slide();
    return sigma;
  };
}

/** Lays the layers over the ground into one canvas; right after a drawing, since they lose their pixels with the frame. */
function copy(layers: HTMLCanvasElement[], picture: HTMLCanvasElement): void {
  const first = layers[0];
  const context = picture.getContext("2d", { alpha: false });
  if (!first || !context) throw new Error("The browser gives no canvas to move the drawing on.");
  [picture.width, picture.height] = [first.width, first.height];
  [picture.style.width, picture.style.height] = [first.style.width, first.style.height];
  context.fillStyle = token("surface");
  context.fillRect(0, 0, picture.width, picture.height);
  for (const layer of layers) context.drawImage(layer, 0, 0);
}
