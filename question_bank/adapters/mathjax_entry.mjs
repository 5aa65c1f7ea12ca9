// Source of the formula bundle: LaTeX in, one self-contained SVG out, errors thrown. Runs in quickjs-ng without a browser.
// Every "dynamic" font file that exam formulas use is imported here, because nothing can be loaded later.
import { mathjax } from "@mathjax/src/js/mathjax.js";
import { TeX } from "@mathjax/src/js/input/tex.js";
import { SVG } from "@mathjax/src/js/output/svg.js";
import { SerializedMmlVisitor } from "@mathjax/src/js/core/MmlTree/SerializedMmlVisitor.js";
import { STATE } from "@mathjax/src/js/core/MathItem.js";
import { liteAdaptor } from "@mathjax/src/js/adaptors/liteAdaptor.js";
import { RegisterHTMLHandler } from "@mathjax/src/js/handlers/html.js";
import "@mathjax/src/js/input/tex/base/BaseConfiguration.js";
import "@mathjax/src/js/input/tex/ams/AmsConfiguration.js";
import "@mathjax/src/js/input/tex/newcommand/NewcommandConfiguration.js";
import "@mathjax/src/js/input/tex/configmacros/ConfigMacrosConfiguration.js";
import "@mathjax/src/js/input/tex/mhchem/MhchemConfiguration.js";
import { MathJaxNewcmFont } from "@mathjax/mathjax-newcm-font/js/svg.js";
import { MathJaxMhchemFontExtension } from "@mathjax/mathjax-mhchem-font-extension/js/svg.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/PUA.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/accents.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/accents-b-i.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/arrows.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/calligraphic.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/double-struck.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/fraktur.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/greek.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/latin.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/latin-b.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/latin-i.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/latin-bi.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/marrows.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/math.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/mshapes.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/script.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/shapes.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/symbols.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/symbols-b-i.js";
import "@mathjax/mathjax-newcm-font/js/svg/dynamic/variants.js";

mathjax.asyncLoad = () => ({});
mathjax.asyncIsSynchronous = true;

const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const input = new TeX({
  packages: ["base", "ams", "newcommand", "configmacros", "mhchem"],
  formatError: (_, error) => {
    throw new Error(error.message);
  },
  // The brackets that Vietnamese papers use for "and" and "or" of equations.
  macros: {
    heva: ["\\left\\{\\begin{array}{l}#1\\end{array}\\right.", 1],
    hoac: ["\\left[\\begin{array}{l}#1\\end{array}\\right.", 1],
    vt: ["\\overrightarrow{#1}", 1],
  },
});
const output = new SVG({ fontData: new MathJaxNewcmFont(), fontCache: "none", mtextInheritFont: false, linebreaks: { inline: false } });
output.addExtension(MathJaxMhchemFontExtension);
const page = mathjax.document("", { InputJax: input, OutputJax: output });

const visitor = new SerializedMmlVisitor();
// The inside of the <math> element, for documents that carry MathML beside the LaTeX.
globalThis.texToMathml = (latex, display) =>
  visitor.visitTree(page.convert(latex, { display, end: STATE.CONVERT })).replace(/^\s*<math[^>]*>|<\/math>\s*$/g, "");

globalThis.texToSvg = (latex, display) => {
  const node = page.convert(latex, { display, em: 16, ex: 8, containerWidth: 80 * 16 });
  // With inline line breaking a formula comes in several pieces; one piece alone would be a wrong question.
  if (adaptor.childNodes(node).length !== 1) throw new Error("the formula came in several pieces");
  return JSON.stringify({ svg: adaptor.serializeXML(adaptor.firstChild(node)) });
};
