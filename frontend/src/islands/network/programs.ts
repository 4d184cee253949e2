import { EdgeRectangleProgram, NodeCircleProgram, type EdgeProgramType, type NodeProgramType } from "sigma/rendering";

import type { Confirmation, EdgeFacts, NodeFacts } from "./data";
import type { Shape } from "./kinds";

/** Replaces a piece of a shader; a new version of the library that changed it must fail loudly, not draw wrongly. */
function patch(source: string, piece: string, replacement: string): string {
  if (!source.includes(piece)) throw new Error(`The shader of the drawing library no longer contains “${piece}”.`);
  return source.replace(piece, replacement);
}

/** What moves just now. Meanwhile nobody points at anything else: the second, invisible drawing that finds what is pointed at can wait. */
export const motion = { view: false, node: false };

function isIdle(program: { isPicking: boolean }): boolean {
  return program.isPicking && (motion.view || motion.node);
}

/** Solid says confirmed; the length of the dashes in screen pixels says the rest. */
const DASHES: Record<Exclude<Confirmation, "confirmed">, { dash: number; gap: number }> = {
  probable: { dash: 9, gap: 6 },
  unconfirmed: { dash: 2.5, gap: 4.5 },
};

function dashedProgram(confirmation: keyof typeof DASHES): EdgeProgramType<NodeFacts, EdgeFacts> {
  const { dash, gap } = DASHES[confirmation];
  return class DashedProgram extends EdgeRectangleProgram<NodeFacts, EdgeFacts> {
    override getDefinition() {
      const definition = super.getDefinition();
      let vertex = patch(definition.VERTEX_SHADER_SOURCE, "uniform mat3 u_matrix;", "uniform mat3 u_matrix;\nuniform vec2 u_screen;\nvarying float v_along;");
      vertex = patch(
        vertex,
        "v_normal = unitNormal;",
        "v_normal = unitNormal;\n  vec2 screenEdge = ((u_matrix * vec3(a_positionEnd, 1)).xy - (u_matrix * vec3(a_positionStart, 1)).xy) * u_screen * 0.5;\n  v_along = a_positionCoef * length(screenEdge);",
      );
      let fragment = patch(definition.FRAGMENT_SHADER_SOURCE, "varying vec4 v_color;", "varying vec4 v_color;\nvarying float v_along;");
      fragment = patch(
        fragment,
        "gl_FragColor = mix(v_color, transparent, t);",
        `if (mod(v_along, ${(dash + gap).toFixed(1)}) > ${dash.toFixed(1)}) t = 1.0;\n  gl_FragColor = mix(v_color, transparent, t);`,
      );
      return {
        ...definition,
        VERTEX_SHADER_SOURCE: vertex,
        FRAGMENT_SHADER_SOURCE: fragment.replace("precision mediump float;", "precision highp float;"),
        UNIFORMS: [...definition.UNIFORMS, "u_screen"] as unknown as typeof definition.UNIFORMS,
      };
    }

    override setUniforms(...[params, program]: Parameters<EdgeRectangleProgram<NodeFacts, EdgeFacts>["setUniforms"]>): void {
      super.setUniforms(params, program);
      program.gl.uniform2f(program.uniformLocations["u_screen"] as WebGLUniformLocation, params.width, params.height);
    }

    override renderProgram(...[params, program]: Parameters<EdgeRectangleProgram<NodeFacts, EdgeFacts>["renderProgram"]>): void {
      if (!isIdle(program)) super.renderProgram(params, program);
    }
  };
}

/** Distance from the outline of each shape, inside the circle that the library draws. */
const DISTANCES: Record<Shape, string> = {
  circle: "length(v_diffVector) - v_radius + border",
  square: "max(abs(v_diffVector.x), abs(v_diffVector.y)) - v_radius * 0.72 + border",
  diamond: "(abs(v_diffVector.x) + abs(v_diffVector.y) - v_radius) * 0.7071 + border",
  triangle: "max(-v_diffVector.y - v_radius * 0.5, abs(v_diffVector.x) * 0.866 + v_diffVector.y * 0.5 - v_radius * 0.5) + border",
  hexagon: "max(abs(v_diffVector.y), abs(v_diffVector.x) * 0.866 + abs(v_diffVector.y) * 0.5) - v_radius * 0.866 + border",
};

function shapeProgram(shape: Shape): NodeProgramType<NodeFacts, EdgeFacts> {
  return class ShapeProgram extends NodeCircleProgram<NodeFacts, EdgeFacts> {
    override getDefinition() {
      const definition = super.getDefinition();
      return {
        ...definition,
        FRAGMENT_SHADER_SOURCE: patch(definition.FRAGMENT_SHADER_SOURCE, "length(v_diffVector) - v_radius + border", DISTANCES[shape]),
      };
    }

    override renderProgram(...[params, program]: Parameters<NodeCircleProgram<NodeFacts, EdgeFacts>["renderProgram"]>): void {
      if (!isIdle(program)) super.renderProgram(params, program);
    }
  };
}

class SolidProgram extends EdgeRectangleProgram<NodeFacts, EdgeFacts> {
  override renderProgram(...[params, program]: Parameters<EdgeRectangleProgram<NodeFacts, EdgeFacts>["renderProgram"]>): void {
    if (!isIdle(program)) super.renderProgram(params, program);
  }
}

export function edgePrograms(): Record<Confirmation, EdgeProgramType<NodeFacts, EdgeFacts>> {
  return {
    confirmed: SolidProgram,
    probable: dashedProgram("probable"),
    unconfirmed: dashedProgram("unconfirmed"),
  };
}

export function nodePrograms(): Record<Shape, NodeProgramType<NodeFacts, EdgeFacts>> {
  return {
    circle: shapeProgram("circle"),
    square: shapeProgram("square"),
    diamond: shapeProgram("diamond"),
    triangle: shapeProgram("triangle"),
    hexagon: shapeProgram("hexagon"),
  };
}
