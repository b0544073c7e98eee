// Starts `leadql lsp` for the .lql files of this window.
"use strict";

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function activate() {
  const command = workspace.getConfiguration("leadql").get("path") || "leadql";
  const server = { command, args: ["lsp"] };
  const options = {
    documentSelector: [{ language: "leadql" }],
    // The server looks again at files that others include when they change on disk.
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.lql") },
  };
  client = new LanguageClient("leadql", "LeadQL", server, options);
  return client.start();
}

function deactivate() {
  return client && client.stop();
}

module.exports = { activate, deactivate };
