import { autocompletion, completionKeymap, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import css from "./editor.module.css";

/** `line` and `column` from 1; without a line the problem stands at the first. */
export interface EditorProblem { line: number | null; column?: number | null; message: string; remedy?: string; severity?: "error" | "warning" | "info" }

export interface EditorHandle { /** Puts the cursor there and shows it. */ goTo(line: number, column?: number | null): void; /** Replaces the selection. */ insert(text: string): void; focus(): void }

export interface TextEditorProps {
  /** What the editor is for, for those who do not see it. */
  label: string;
  value: string;
  onChange?: (value: string) => void;
  problems?: readonly EditorProblem[];
  /** YAML unless told otherwise: `"plain"`, or the extension of a language (highlighting, folding). */
  language?: "yaml" | "plain" | Extension;
  /** What may be written at the cursor. */
  complete?: CompletionSource;
  readOnly?: boolean;
  /** More of CodeMirror: decorations, panels, keys. Read when the editor is made. */
  extensions?: Extension;
  /** Ctrl+S and Ctrl+Enter. */
  onSave?: () => void;
  onCursor?: (at: { line: number; column: number }) => void;
  handle?: Ref<EditorHandle>;
}

/**
 * CodeMirror in a shadow root: there its styles are adopted sheets, which our policy allows, where a style element of a
 * script's own would be refused. Colours are the desk's, for they are inherited.
 */
export function CodeEditor({ label, value, onChange, problems, language = "yaml", complete, readOnly = false, extensions, onSave, onCursor, handle }: TextEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const given = useRef({ onChange, onSave, onCursor, complete });
  given.current = { onChange, onSave, onCursor, complete };
  const changing = useRef({ language: new Compartment(), readOnly: new Compartment() });

  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open", delegatesFocus: true });
    const made = new EditorView({
      root, parent: root as unknown as Element,
      state: EditorState.create({ doc: value, extensions: [
        base(label), changing.current.language.of(languageOf(language)), changing.current.readOnly.of(readOnlyOf(readOnly)),
        autocompletion({ override: [(context) => given.current.complete?.(context) ?? null], icons: false }),
        keymap.of([{ key: "Mod-s", run: () => { given.current.onSave?.(); return true; } }, { key: "Mod-Enter", run: () => { given.current.onSave?.(); return true; } }]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) given.current.onChange?.(update.state.doc.toString());
          if (update.selectionSet || update.docChanged) given.current.onCursor?.(placeOf(update.state));
        }),
        extensions ?? [],
      ] }),
    });
    view.current = made;
    return () => { made.destroy(); view.current = null; };
    // The editor is made once; what changes later is brought to it below.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [label]);

  useEffect(() => {
    const state = view.current?.state;
    if (state && state.doc.toString() !== value) view.current!.dispatch({ changes: { from: 0, to: state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => { view.current?.dispatch({ effects: changing.current.language.reconfigure(languageOf(language)) }); }, [language]);
  useEffect(() => { view.current?.dispatch({ effects: changing.current.readOnly.reconfigure(readOnlyOf(readOnly)) }); }, [readOnly]);
  useEffect(() => {
    if (view.current) view.current.dispatch(setDiagnostics(view.current.state, (problems ?? []).map((problem) => diagnosticOf(view.current!.state.doc, problem))));
  }, [problems, value]);
  useImperativeHandle(handle, () => ({
    goTo: (line, column) => {
      const at = positionOf(view.current!.state.doc, line, column ?? 1);
      view.current!.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.current!.focus();
    },
    insert: (text) => { view.current!.dispatch(view.current!.state.replaceSelection(text)); view.current!.focus(); },
    focus: () => view.current?.focus(),
  }), []);
  return <div ref={host} className={css.editor} data-typing />;
}

const languageOf = (language: NonNullable<TextEditorProps["language"]>): Extension => (language === "yaml" ? yaml() : language === "plain" ? [] : language);
const readOnlyOf = (readOnly: boolean): Extension => [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];

function positionOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(found.from + Math.max(0, column - 1), found.to);
}

/** From the place to the end of its line: that is what people look at. */
function diagnosticOf(doc: Text, { line, column, message, remedy, severity = "error" }: EditorProblem): Diagnostic {
  const from = positionOf(doc, line ?? 1, column ?? 1);
  return { from, to: Math.max(from, doc.lineAt(from).to), severity, message: remedy ? `${message}\n→ ${remedy}` : message };
}

function placeOf(state: EditorState): { line: number; column: number } {
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  return { line: line.number, column: head - line.from + 1 };
}

const base = (label: string): Extension => [
  lineNumbers(), highlightActiveLineGutter(), lintGutter(), foldGutter(), history(), drawSelection(), indentOnInput(), indentUnit.of("  "), bracketMatching(), highlightActiveLine(), EditorView.lineWrapping,
  syntaxHighlighting(colours), EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }), theme,
  // Tab indents; Escape before it leaves, as the editor itself has it.
  keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap, indentWithTab]),
];

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent-text)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--live)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--warn)" },
  { tag: [tags.keyword, tags.operator, tags.operatorKeyword, tags.controlKeyword], color: "var(--accent-text)", fontWeight: "600" },
  { tag: [tags.comment, tags.lineComment, tags.meta], color: "var(--text-dim)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.typeName, tags.labelName], color: "var(--live)" },
  { tag: tags.invalid, color: "var(--danger)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace", lineHeight: "20px", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface-2)", color: "var(--text-dim)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 55%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--accent-soft)", color: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-line)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent-line)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--surface-3)", border: "none", color: "var(--text-dim)", padding: "0 6px" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--line-strong)", borderRadius: "6px", boxShadow: "var(--float)", maxWidth: "520px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "#fff" },
  ".cm-diagnostic": { padding: "4px 10px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--danger)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warn-mark)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--danger)", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn-mark)", textUnderlineOffset: "3px" },
  ".cm-panels": { backgroundColor: "var(--surface-2)", color: "var(--text)", borderColor: "var(--line)" },
});
