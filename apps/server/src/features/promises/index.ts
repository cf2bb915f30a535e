export { closePromise, makePromise } from "./promises.service.ts";
export { startPromises } from "./promises.loop.ts";
export { promisesRoutes } from "./promises.routes.ts";
