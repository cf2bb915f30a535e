import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { RangeSetBuilder, type Extension } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import { tokenize, type Catalogue } from "@linija/rules";
import type { Language } from "@linija/server/contract/api";
import { useCallback } from "react";
import { TextEditor, type TextEditorProps } from "../../shared/TextEditor.tsx";
import { useCatalogue, useLanguage } from "./catalogue.ts";
import { expressionAt, expressionsOf } from "./expressions.ts";

/** The text of a rule: its expressions are coloured as such, and completed from the catalogue of the project. */
export default function RuleText({ projectKey, ...props }: TextEditorProps & { projectKey: string }) {
  const language = useLanguage();
  const { catalogue } = useCatalogue(projectKey);
  const complete = useCallback((context: CompletionContext) => (catalogue ? offered(context, catalogue, language) : null), [catalogue, language]);
  return <TextEditor {...props} complete={complete} extensions={colours} />;
}

function offered(context: CompletionContext, catalogue: Catalogue, language: Language): CompletionResult | null {
  const found = expressionAt(context.state.doc.toString(), context.pos);
  if (!found) return null;
  const before = found.text.slice(0, found.offset);
  if (!context.explicit && !/[\w."'=]$/.test(before)) return null;
  const items = catalogue.complete(found.text, found.offset, { language });
  const [first] = items;
  if (!first) return null;
  return { from: found.placeOf(first.from), options: items.map((item) => ({ label: item.insert, detail: item.detail, info: item.doc || undefined, type: item.kind })), validFor: /^\w*$/ } as CompletionResult;
}

const marks = Object.fromEntries(["name", "keyword", "number", "text", "operator", "comment", "unknown", "dot", "comma", "open", "close"].map((kind) => [kind, Decoration.mark({ class: `rule-${kind}` })]));

function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const source of expressionsOf(view.state.doc.toString())) {
    for (const { kind, from, to } of tokenize(source.text)) {
      const mark = marks[kind];
      const [start, end] = [source.offset(from), source.offset(to)];
      if (mark && start < end) builder.add(start, end, mark);
    }
  }
  return builder.finish();
}

const colours: Extension = [
  ViewPlugin.fromClass(class {
    decorations: DecorationSet;
    constructor(view: EditorView) { this.decorations = decorate(view); }
    update(update: ViewUpdate): void { if (update.docChanged) this.decorations = decorate(update.view); }
  }, { decorations: (plugin) => plugin.decorations }),
  EditorView.theme({
    ".rule-name, .rule-name *, .rule-dot, .rule-dot *, .rule-comma, .rule-comma *, .rule-open, .rule-open *, .rule-close, .rule-close *": { color: "var(--text)" }, ".rule-keyword, .rule-keyword *": { color: "var(--warn)", fontWeight: "600" }, ".rule-number, .rule-number *": { color: "var(--warn)" },
    ".rule-text, .rule-text *": { color: "var(--live)" }, ".rule-operator, .rule-operator *": { color: "var(--accent-text)", fontWeight: "600" }, ".rule-unknown, .rule-unknown *": { color: "var(--danger)" },
  }),
];
