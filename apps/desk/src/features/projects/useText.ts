import type { DeclarationProblemView } from "@linija/server/contract/declarations/declarations";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { api, ApiError, type Reply } from "../../shared/api.ts";
import { refresh, useApi, useSend } from "../../shared/query.ts";
import { TOUCHED } from "./kinds.ts";

const CHECK_MS = 500;
const DRAFT_MS = 1_500;

interface Work { text: string; base: number }

/**
 * One text being worked on. What is typed is kept as the person's own draft on the server and checked as a save would
 * check it; a colleague's newer version never takes it away.
 */
export function useText(key: string, path: string) {
  const read = useApi("readText", { params: { key }, query: { path } }, { staleTime: 5_000 });
  const [work, setWork] = useState<Work | null>(null);
  const loaded = read.data;
  // A draft goes on where it was left; without one the newest text is what is worked on, until something is typed.
  const shown = work ?? begin(loaded);
  const isChanged = differs(shown, loaded);
  const problems = useCheck(key, path, shown?.text ?? null, isChanged);
  const save = useSend("saveText", TOUCHED, {
    onSuccess: () => setWork(null), onError: (error) => { if (error instanceof ApiError && error.problem.status === 409) refresh(["readText"]); },
  });
  // A draft that came after the save it is part of would stand beside it as somebody's unsaved work.
  useKeptDraft(key, path, save.isPending ? null : work);
  const drop = useSend("dropDraft", ["readText", "listTexts"], { onSuccess: () => setWork(null) });
  return {
    read, shown, problems, save, isChanged,
    /** A colleague saved after this work was begun. */
    overtaken: isChanged && loaded?.current !== shown?.base,
    change: (text: string) => { if (shown && text !== shown.text) setWork({ text, base: shown.base }); },
    /** The person has seen the newer version and goes on upon it. */
    rebase: () => { if (shown && loaded) { save.reset(); setWork({ text: shown.text, base: loaded.current }); } },
    discard: () => { save.reset(); drop.mutate({ params: { key }, body: { path } }); },
    send: (note: string) => { if (shown) save.mutate({ params: { key }, body: { path, text: shown.text, number: shown.base, note } }); },
  };
}

type Loaded = Reply<"readText">;
const begin = (loaded: Loaded | undefined): Work | null => (loaded ? loaded.draft ?? { text: loaded.text, base: loaded.number } : null);
const differs = (shown: Work | null, loaded: Loaded | undefined): boolean => shown !== null && loaded !== undefined && (shown.text !== loaded.text || shown.base !== loaded.current);

function useCheck(key: string, path: string, text: string | null, isChanged: boolean): DeclarationProblemView[] {
  const [asked] = useDebouncedValue(isChanged ? text : null, CHECK_MS);
  const [problems, setProblems] = useState<DeclarationProblemView[]>([]);
  useEffect(() => {
    let isGone = false;
    if (asked === null) setProblems([]);
    else void api("checkText", { params: { key }, body: { path, text: asked } }).then((reply) => { if (!isGone) setProblems(reply.problems); }, () => undefined);
    return () => { isGone = true; };
  }, [key, path, asked]);
  return problems;
}

function useKeptDraft(key: string, path: string, work: Work | null): void {
  const [kept] = useDebouncedValue(work, DRAFT_MS);
  const last = useRef<Work | null>(null);
  useEffect(() => {
    if (!kept || kept === last.current) return;
    last.current = kept;
    void api("saveDraft", { params: { key }, body: { path, text: kept.text, base: kept.base } }).then(() => refresh(["listTexts"]), () => undefined);
  }, [key, path, kept]);
}
