import { html, paragraphs, type SafeHtml } from "../../platform/html.ts";
import { translate } from "../../platform/messages.ts";
import type { Language } from "../api.contract.ts";
import { CLIENT_FILE_MB, CLIENT_TEXT } from "../messages/index.ts";
import { momentText } from "../notices/index.ts";
import type { Session } from "./portal.access.sql.ts";
import { mayWriteAgain } from "./portal.again.service.ts";
import { csrfField, sayIn, statusPage, type PageState, type Say } from "./portal.pages.ts";
import type { OwnList, Talk } from "./portal.my.service.ts";
import type { Shown } from "./portal.service.ts";

export interface SignInState { address: string; /** The ticket to be shown afterwards. */ to: string | null; problem: boolean }

export const signInPage = (language: Language, { address, to, problem }: SignInState): SafeHtml => {
  const say = sayIn(language);
  return html`<h1>${say("my_sign_in")}</h1><p class="quiet">${say("my_sign_in_about")}</p>
<form class="card form" method="post" action="/my/sign-in?lang=${language}" novalidate>${problem && html`<p class="problem" role="alert" id="problem">${say("my_address_wrong")}</p>`}${to && html`<input type="hidden" name="to" value="${to}">`}
<label for="address">${say("my_address")}</label><input id="address" name="address" inputmode="email" value="${address}" required maxlength="160" autocomplete="email" autocapitalize="none" spellcheck="false" ${problem && html`aria-invalid="true" aria-describedby="problem"`}>
<button class="primary">${say("my_send_code")}</button></form><p class="small"><a href="/status?lang=${language}">${say("portal_find_title")}</a></p>`;
};

export const codePage = (language: Language, { address, minutes, problem }: { address: string; minutes: number; problem: boolean }): SafeHtml => {
  const say = sayIn(language);
  return html`<h1>${say("my_code_title")}</h1><p class="quiet">${say("my_code_about", { address, minutes })}</p>
<form class="card form" method="post" action="/my/code?lang=${language}" novalidate>${problem && html`<p class="problem" role="alert" id="problem">${say("my_code_wrong")}</p>`}
<label for="code">${say("my_code")}</label><input id="code" name="code" class="code" inputmode="numeric" required maxlength="12" autocomplete="one-time-code" ${problem && html`aria-invalid="true" aria-describedby="problem"`}>
<button class="primary">${say("my_enter")}</button></form><p class="small"><a href="/my?lang=${language}">${say("my_code_again")}</a></p>`;
};

/** All requests of the reader: what waits for them stands first, the others newest first. */
export const listPage = (session: Session, list: OwnList): SafeHtml => {
  const { language } = session;
  const say = sayIn(language);
  const lines = (items: OwnList["items"]) => html`<ul class="mails">${items.map((each) => html`<li><a class="mail" href="/my/tickets/${each.id}"><span class="number">${each.number}</span><span class="step ${each.sees}">${say(`portal_step_${each.sees}`)}</span><b>${each.subject}</b><span>${each.project.project.name[language]}</span><time datetime="${each.createdAt.toISOString()}">${momentText(each.createdAt, language, each.project.project.time_zone)}</time></a></li>`)}</ul>`;
  const { waiting, items } = list;
  return html`<h1>${say("my_title")}</h1>${waiting.length > 0 && html`<h2>${say("my_waiting")}</h2>${lines(waiting)}${items.length > 0 && html`<h2>${say("my_others")}</h2>`}`}${items.length > 0 ? lines(items) : waiting.length === 0 && html`<p class="card">${say("my_none")}</p>`}
${list.next && html`<p><a class="button secondary" href="/my?after=${list.next}">${say("my_earlier")}</a></p>`}${signedInAs(session)}`;
};

const signedInAs = ({ address, csrf, language }: Session): SafeHtml => html`<form class="card form leave" method="post" action="/my/sign-out?lang=${language}">${csrfField(csrf)}<p class="quiet small">${translate(language, "my_signed_in_as", { address })}</p>
<button class="secondary">${translate(language, "my_sign_out")}</button> <button class="secondary" name="everywhere" value="1">${translate(language, "my_sign_out_everywhere")}</button></form>`;

export interface Writing { /** Of the form. */ messageId: string; text: string; /** A file that was chosen and did not go: a browser does not keep it. */ fileName?: string | null; problem: { key: string; params: Record<string, string | number> } | null; /** What is wrong with a new request that was to begin from it. */ again?: string }

/** As people of the language write it. */
function sizeText(bytes: number, language: Language): string {
  const unit = bytes < 1_048_576 ? "kilobyte" : "megabyte";
  const value = unit === "kilobyte" ? Math.max(1, bytes / 1_024) : bytes / 1_048_576;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: unit === "kilobyte" ? 0 : 1 }).format(value);
}

/** The form for writing; where the request waits for its client, it is the answer. */
export function writeForm({ ticket, asked }: Shown, { csrf, language }: Pick<Session, "csrf" | "language">, { messageId, text, fileName, problem }: Writing): SafeHtml {
  const say = sayIn(language);
  const words = asked.answer ? { title: "portal_we_need", text: "portal_your_answer", send: "portal_send" } : { title: "my_write", text: "my_text", send: "my_send_message" };
  return html`<form class="form ${asked.answer && "card"}" id="write" method="post" action="/my/tickets/${ticket.id}/messages?lang=${language}#write" enctype="multipart/form-data" novalidate>${csrfField(csrf)}<input type="hidden" name="message" value="${messageId}">${asked.answer && html`<input type="hidden" name="seen" value="${ticket.stageSince.toISOString()}">`}${asked.yes ? null : html`<h2>${say(words.title)}</h2>`}${problem && html`<p class="problem" role="alert">${say(problem.key, problem.params)}${fileName && html` ${say("my_file_again", { name: fileName })}`}</p>`}
<label for="text">${say(words.text)}</label><textarea id="text" name="text" rows="${asked.answer ? 4 : 3}" maxlength="${CLIENT_TEXT}">${text}</textarea>
<label for="file">${say("my_file")}</label><input id="file" name="file" type="file" aria-describedby="file-about"><p class="quiet small" id="file-about">${say("my_file_about", { most: CLIENT_FILE_MB })}</p><button class="primary">${say(words.send)}</button></form>`;
}

/** Documents that were sent, then what was written both ways, and the form for writing. */
export function talkPart(shown: Shown, talk: Talk, { csrf, language }: Session, writing: Writing): SafeHtml {
  const say = sayIn(language);
  const { ticket, project: { project } } = shown;
  const base = `/my/tickets/${ticket.id}`;
  const link = (file: Talk[number]["files"][number]) => html`<a href="${base}/${file.kind}s/${file.id}">${file.name}</a> <span class="quiet small">${sizeText(file.bytes, language)}</span>`;
  const documents = talk.flatMap(({ byClient, files }) => (byClient ? [] : files.filter(({ kind }) => kind === "document"))).filter(({ id }, index, all) => all.findIndex((each) => each.id === id) === index);
  const messages = talk.map((each) => html`<li class="${each.byClient ? "own" : ""}"><p class="by"><b>${each.byClient ? say("my_you") : project.name[language]}</b> <time datetime="${each.at.toISOString()}">${momentText(each.at, language, project.time_zone)}</time></p>${each.text !== "" && paragraphs(each.text)}${each.files.map((file) => html`<p class="file">${link(file)}</p>`)}</li>`);
  // Where an answer is awaited the form stands above, in its place: there is one, and it takes files.
  const form = shown.asked.answer ? null : shown.asked.yes ? html`<details class="form" ${writing.problem && html`open`}><summary>${say("my_write")}</summary>${writeForm(shown, { csrf, language }, writing)}</details>` : writeForm(shown, { csrf, language }, writing);
  return html`${documents.length > 0 && html`<section class="card"><h2>${say("my_documents")}</h2><ul class="plain">${documents.map((file) => html`<li>${link(file)}</li>`)}</ul></section>`}
<section class="card"><h2>${say("my_messages")}</h2>${messages.length > 0 ? html`<ol class="talk">${messages}</ol>` : html`<p class="quiet">${say("my_messages_none")}</p>`}
${ticket.status === "closed" ? html`<p class="quiet small">${say(shown.asked.no ? "my_closed_reopen" : "my_closed")}</p>` : form}</section>${mayWriteAgain(shown) && againForm(say, { base, csrf, language }, writing)}`;
}

/** A closed request is not written to: this begins a new one, tied to it. */
const againForm = (say: Say, { base, csrf, language }: { base: string; csrf: string; language: Language }, { messageId, again }: Writing): SafeHtml => html`<form class="card form" id="again" method="post" action="${base}/again?lang=${language}#again" novalidate>${csrfField(csrf)}<input type="hidden" name="message" value="${messageId}"><h2>${say("my_again")}</h2><p class="quiet small">${say("my_again_about")}</p>${again && html`<p class="problem" role="alert" id="again-problem">${say(again)}</p>`}
<label for="again-text">${say("my_text")}</label><textarea id="again-text" name="text" rows="4" maxlength="${CLIENT_TEXT}" required ${again && html`aria-invalid="true" aria-describedby="again-problem"`}></textarea><button class="primary">${say("my_again_send")}</button></form>`;

/** One request: what the page of the mail's link shows, and what was written and sent besides. */
export const ticketPage = (shown: Shown, state: PageState, more: SafeHtml | null): SafeHtml =>
  html`<p class="small back"><a href="/my">← ${translate(state.language, "my_title")}</a></p>${statusPage(shown, state, more)}`;

export const noTicket = (language: Language): SafeHtml => html`<h1>${translate(language, "my_no_ticket")}</h1><p>${translate(language, "my_no_ticket_about")}</p><p><a class="button primary" href="/my">${translate(language, "my_title")}</a></p>`;
