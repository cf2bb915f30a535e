import { html, paragraphs, type SafeHtml } from "../../platform/html.ts";
import { translate } from "../../platform/messages.ts";
import { spokenPhone } from "../../platform/phone.ts";
import { languages, type Language } from "../api.contract.ts";
import { momentText } from "../notices/index.ts";
import { agreedOf, type Agreed } from "./portal.agreed.ts";
import { mayWriteAgain } from "./portal.again.service.ts";
import type { Passed, Step } from "./portal.rules.ts";
import type { Shown } from "./portal.service.ts";

const NAMES: Record<Language, string> = { en: "English", ru: "Русский", sl: "Slovenščina" };

export interface Frame { language: Language; title: string; heading: string; /** Path of this page, for the switch of languages. */ path: string; projectKey?: string }

/** The frame of every page for clients: one style sheet, no script, the same words in three languages. */
export const frame = ({ language, title, heading, path, projectKey }: Frame, body: SafeHtml): string => html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex, nofollow"><meta name="color-scheme" content="light dark">
<title>${title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/portal/portal.css">${projectKey && html`<link rel="stylesheet" href="/portal/colour/${projectKey}.css">`}</head>
<body><main><header class="head"><span class="mark" aria-hidden="true"></span><span class="who">${heading}</span>
<nav class="languages" aria-label="${translate(language, "portal_language")}">${languages.map((each) => (each === language ? html`<span aria-current="true" lang="${each}">${NAMES[each]}</span>` : html`<a href="${path}?lang=${each}" lang="${each}" hreflang="${each}">${NAMES[each]}</a>`))}</nav></header>
${body}</main></body></html>`.text;

export interface FormState { number: string; problem: "portal_wrong" | "portal_mistyped" | null }

export const statusForm = (language: Language, state: FormState): SafeHtml => {
  const say = sayIn(language);
  return html`<h1>${say("portal_find_title")}</h1><p class="quiet">${say("portal_find_about")}</p>
<form class="card form" method="post" action="/status?lang=${language}">${state.problem && html`<p class="problem" role="alert" id="problem">${say(state.problem)}</p>`}
<label for="number">${say("portal_number")}</label><input id="number" name="number" value="${state.number}" required maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="INT-482-109-375-4" ${state.problem && html`aria-invalid="true" aria-describedby="problem"`}>
<label for="digits">${say("portal_digits")}</label><input id="digits" name="digits" required inputmode="numeric" minlength="4" maxlength="20" autocomplete="off" placeholder="••••">
<button class="primary">${say("portal_show")}</button></form><p class="quiet small">${say("portal_find_hint")}</p><p class="small"><a href="/my?lang=${language}">${say("my_title")}</a></p>`;
};

export const sayIn = (language: Language) => (key: string, params: Record<string, string | number> = {}) => translate(language, key, params);
export type Say = ReturnType<typeof sayIn>;

export interface PageState { /** Where answers go. */ path: string; /** Proves that the form is ours, where a cookie signs in. */ csrf?: string; language: Language; said: string | null; prefers: "yes" | "no" | null; problem: boolean; /** What was written beside an answer that was not whole. */ text?: string; /** The one form an answer is given by, where there is a better one than words alone. */ answer?: SafeHtml | null }

/** A ticket as its client sees it. */
export function statusPage(shown: Shown, state: PageState, more: SafeHtml | null = null): SafeHtml {
  const { ticket, project } = shown;
  const { language } = state;
  const say = sayIn(language);
  // The day and its month stay on one line: "23." at the end of one reads as the end of a sentence.
  const when = (at: Date | null) => heldTogether(momentText(at, language, project.project.time_zone));
  const type = project.types.find((each) => each.key === ticket.type)?.name[language] ?? "";
  return html`${thanks(say, state.said)}<section class="card"><p class="number">${ticket.number}</p><h1>${ticket.subject}</h1><p class="quiet">${type}</p>
${stepLine(say, shown.steps)}${next(say, shown, { when, agreed: agreedOf(shown, language) })}</section>
${whatWasDone(say, shown)}
${shown.isEnded && html`<p class="card" role="status">${say("portal_ended")}</p>`}${shown.answersByLink && html`<p class="card">${say("portal_answer_by_link")}</p>`}
${asks(say, shown, state)}
${more ?? again(say, shown, state)}${history(say, shown.history, when)}
${!shown.isEnded && html`<p class="quiet small">${say("portal_call_us", { phone: "" })}<a href="tel:${project.project.caller_id}">${spokenPhone(project.project.caller_id)}</a></p>`}`;
}

const heldTogether = (moment: string): string => moment.replace(/^(\d+\.?) /, "$1\u00A0");

/** What the client may say now. */
function asks(say: Say, shown: Shown, state: PageState): SafeHtml {
  const { answer, yes, no } = shown.asked;
  return html`${answer && (state.answer ?? answerForm(say, shown, state))}${yes && yesNo(say, shown, state)}${!yes && no && stillNot(say, shown, state)}`;
}

/** Once it is opened again, what was done has not been enough: it stays to be read, as what was tried before. */
/** What colleagues have found is told when it is done: until then it is decided, not carried out. */
const whatWasDone = (say: Say, { ticket, sees }: Shown): SafeHtml | null => (!ticket.resolution || (sees !== "done" && sees !== "closed" && sees !== "refused" && ticket.reopened === 0) ? null : sees === "done" || sees === "closed" || ticket.reopened === 0
  ? html`<section class="card"><h2>${say("portal_what_was_done")}</h2>${paragraphs(ticket.resolution)}</section>`
  : html`<section class="card"><h2>${say("portal_done_before")}</h2><p class="quiet small">${say("portal_done_before_about")}</p>${paragraphs(ticket.resolution)}</section>`);

/** Who has only a link is led to where they can write. */
const again = (say: Say, shown: Shown, { language }: PageState): SafeHtml | null => (mayWriteAgain(shown) && !shown.answersByLink
  ? html`<section class="card"><h2>${say("my_again")}</h2><p class="quiet small">${say("portal_again_about")}</p><p><a class="button secondary" href="/my?to=${shown.ticket.id}&lang=${language}">${say("my_title")}</a></p></section>` : null);

const SAID: Record<string, string> = { yes: "portal_said_yes", no: "portal_said_no", answer: "portal_said_answer", message: "my_said_message", again: "my_said_again", moved_on: "portal_moved_on", late: "portal_said_late" };
const thanks = (say: Say, said: string | null): SafeHtml | null => (said && Object.hasOwn(SAID, said) ? html`<p class="notice ${said === "moved_on" ? "" : "good"}" role="status">${say(SAID[said]!)}</p>` : null);

const stepLine = (say: Say, steps: Step[]): SafeHtml => html`<ol class="steps">${steps.map((step) =>
  html`<li class="${step.state}" ${step.state === "now" && html`aria-current="step"`}><span>${say(`portal_step_${step.sees}`)}</span></li>`)}</ol>`;

const closedWords = (closedAs: string | null, isEnded: boolean): string => (closedAs === "unconfirmed" && !isEnded ? "portal_next_unconfirmed" : closedAs === "cancelled" ? "portal_next_cancelled" : "portal_next_closed");

/** What happens next, and when. What is agreed for later than the deadline has taken its place. */
function next(say: Say, { ticket, sees, silenceAt, question, refusedBecause, asked, isEnded }: Shown, { when, agreed }: { when: (at: Date | null) => string; agreed: Agreed[] }): SafeHtml {
  const isDue = (sees === "received" || sees === "in_work") && agreed.every(({ until }) => until === null || ticket.dueAt === null || until <= ticket.dueAt);
  const due = isDue && ticket.dueAt ? html`<p class="due">${say("portal_due", { at: when(ticket.dueAt) })}</p>` : null;
  return html`<div class="then">${sees !== "closed" && html`<h2>${say("portal_next")}</h2>`}<p>${say(sees === "closed" ? closedWords(ticket.closedAs, isEnded) : `portal_next_${sees}`)}</p>${agreed.map(({ name, text }) => html`<p class="due">${name}: ${heldTogether(text)}</p>`)}${due}
${silenceAt && asked.yes && html`<p class="due">${say("portal_silence", { at: when(silenceAt) })}</p>`}${question && html`<blockquote>${paragraphs(question)}</blockquote>`}${refusedBecause && html`<blockquote>${paragraphs(refusedBecause)}</blockquote>`}</div>`;
}

export const csrfField = (csrf: string | undefined): SafeHtml | undefined => (csrf === undefined ? undefined : html`<input type="hidden" name="csrf" value="${csrf}">`);
const hidden = ({ ticket }: Shown, { csrf }: PageState, said: string): SafeHtml => html`${csrfField(csrf)}<input type="hidden" name="said" value="${said}"><input type="hidden" name="seen" value="${ticket.stageSince.toISOString()}">`;
const action = ({ path, language }: PageState): string => `${path}?lang=${language}`;
const incomplete = (say: Say, state: PageState, said: PageState["prefers"], words = "portal_incomplete"): SafeHtml | null => (state.problem && state.prefers === said ? html`<p class="problem" role="alert">${say(words)}</p>` : null);

const answerForm = (say: Say, shown: Shown, state: PageState): SafeHtml => html`<form class="card form" method="post" action="${action(state)}"><h2>${say("portal_we_need")}</h2>${hidden(shown, state, "answer")}${incomplete(say, state, null)}
<label for="answer">${say("portal_your_answer")}</label><textarea id="answer" name="text" rows="4" maxlength="1000" required></textarea><button class="primary">${say("portal_send")}</button>
<p class="small quiet">${say("portal_answer_with_file")} <a href="/my?to=${shown.ticket.id}&lang=${state.language}">${say("my_title")}</a></p></form>`;

/** Both ways stand open side by side; the one the mail's link chose comes first. */
function yesNo(say: Say, shown: Shown, state: PageState): SafeHtml {
  // The page says what is missing in its own language; the browser's bubble speaks the browser's.
  const yes = html`<form class="card form" method="post" action="${action(state)}" novalidate><h2>${say("portal_yes")}</h2>${hidden(shown, state, "yes")}${incomplete(say, state, "yes", "portal_score_missing")}
<fieldset class="score"><legend>${say("portal_score")}</legend>${[1, 2, 3, 4, 5].map((score) => html`<label><input type="radio" name="score" value="${score}" required><span>${score}</span></label>`)}</fieldset><p class="ends small quiet"><span>${say("portal_score_low")}</span><span>${say("portal_score_high")}</span></p>
<label for="comment">${say("portal_comment")}</label><textarea id="comment" name="text" rows="2" maxlength="1000">${state.prefers === "yes" ? state.text ?? "" : ""}</textarea><button class="primary">${say("portal_yes_button")}</button></form>`;
  const no = html`<form class="card form" method="post" action="${action(state)}"><h2>${say("portal_no")}</h2>${hidden(shown, state, "no")}${incomplete(say, state, "no")}
<label for="reason">${say("portal_reason")}</label><textarea id="reason" name="text" rows="3" maxlength="1000" required></textarea><button class="secondary">${say("portal_no_button")}</button></form>`;
  return html`<section aria-label="${say("portal_is_it_solved")}">${state.prefers === "no" ? [no, yes] : [yes, no]}</section>`;
}

const stillNot = (say: Say, shown: Shown, state: PageState): SafeHtml => html`<details class="card form" ${(state.problem || state.prefers === "no") && html`open`}><summary>${say("portal_still_not")}</summary><form method="post" action="${action(state)}">${hidden(shown, state, "no")}${incomplete(say, state, "no")}
<label for="reason">${say("portal_reason")}</label><textarea id="reason" name="text" rows="3" maxlength="1000" required></textarea><button class="secondary">${say("portal_no_button")}</button></form></details>`;

const history = (say: Say, passed: Passed[], when: (at: Date) => string): SafeHtml => html`<section class="card"><h2>${say("portal_history")}</h2><ol class="history">${passed.toReversed().map((each) =>
  html`<li><span>${say(each.isReopening ? "portal_reopened" : `portal_step_${each.sees}`)}</span><time datetime="${each.at.toISOString()}">${when(each.at)}</time></li>`)}</ol></section>`;

export const notThere = (language: Language): SafeHtml => html`<h1>${translate(language, "portal_no_page")}</h1><p>${translate(language, "portal_no_page_about")}</p><p><a class="button primary" href="/status?lang=${language}">${translate(language, "portal_find_title")}</a></p>`;

export const nowhere = (language: Language): SafeHtml => html`<h1>${translate(language, "portal_nowhere")}</h1><p>${translate(language, "portal_nowhere_about")}</p><p><a class="button primary" href="/status?lang=${language}">${translate(language, "portal_find_title")}</a> <a class="button secondary" href="/my?lang=${language}">${translate(language, "my_title")}</a></p>`;

export const tooManyTries = (language: Language, minutes: number): SafeHtml => html`<h1>${translate(language, "portal_too_many")}</h1><p>${translate(language, "portal_too_many_about", { minutes })}</p>`;
