import config from "../playwright.config";

/** `npm run shots`: the pictures of docs/images, made from ONEMAP_URL or the small county. */
export default { ...config, testDir: ".", testMatch: "shots.ts" };
