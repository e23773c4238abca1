package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A flag wins over the environment, and the environment over the file.
func TestSettingsHaveAnOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "onemap.json")
	content := `{"data": "/file", "log-format": "json", "listen": "127.0.0.1:1", "demo": "none", "trust-proxy": true}`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ONEMAP_LISTEN", "127.0.0.1:2")
	t.Setenv("ONEMAP_DEMO", "small")
	command, cfg, err := parse([]string{"serve", "--config", file, "--demo", "large"})
	if err != nil {
		t.Fatal(err)
	}
	serve := command.(*serveCmd)
	if cfg.Data != "/file" || cfg.LogFormat != "json" || !serve.TrustProxy {
		t.Errorf("the file is not read: data %q, log format %q, trust proxy %v", cfg.Data, cfg.LogFormat, serve.TrustProxy)
	}
	if serve.Listen != "127.0.0.1:2" {
		t.Errorf("listen = %q, want the environment's", serve.Listen)
	}
	if serve.Demo != "large" {
		t.Errorf("demo = %q, want the flag's", serve.Demo)
	}
}
