package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	mitText = "Permission is hereby granted, free of charge, to any person\nobtaining a copy of this software"
	bsdText = "Redistribution and use in source and binary forms, with or without\nmodification, are permitted.\n" +
		"1. Redistributions of source code must retain the notice.\n"
	iscText = "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee"
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	apache, err := os.ReadFile("../../LICENSE")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		text string
		want []license
	}{
		"our own":      {string(apache), []license{apache2}},
		"mit":          {mitText, []license{mit}},
		"isc":          {iscText, []license{isc}},
		"bsd2":         {bsdText, []license{bsd2}},
		"bsd3":         {bsdText + "The name may not be used to endorse or promote products", []license{bsd3}},
		"mpl":          {"Mozilla Public License Version 2.0\n1. Definitions\n1.12 the GNU General Public License", []license{mpl2}},
		"gpl":          {"GNU GENERAL PUBLIC LICENSE Version 3", []license{""}},
		"a choice":     {mitText + "\nor\n" + iscText, []license{mit, isc}},
		"mit and gpl":  {mitText + "\nor the GNU Lesser General Public License", []license{mit, ""}},
		"none of them": {"You may look at it on Sundays.", []license{""}},
		"empty":        {"", []license{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, identify(test.text))
		})
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	assert.True(t, mit.allowed(linked))
	assert.True(t, mpl2.allowed(forTests))
	assert.False(t, mpl2.allowed(linked))
	assert.False(t, license("").allowed(forTests))
	assert.False(t, license("GPL-3.0").allowed(forTests))
}

func TestLicenseOf(t *testing.T) {
	t.Parallel()
	write := func(t *testing.T, files map[string]string) string {
		dir := t.TempDir()
		for name, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
		return dir
	}
	t.Run("one", func(t *testing.T) {
		t.Parallel()
		l, err := licenseOf(write(t, map[string]string{"LICENSE.md": mitText, "README.md": "GNU General Public License"}))
		require.NoError(t, err)
		assert.Equal(t, []license{mit}, l)
	})
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		_, err := licenseOf(write(t, nil))
		assert.ErrorContains(t, err, "no license file")
	})
	t.Run("two that differ", func(t *testing.T) {
		t.Parallel()
		l, err := licenseOf(write(t, map[string]string{"LICENSE": mitText, "COPYING": iscText, "LICENSE-3rdparty.csv": "a,b"}))
		require.NoError(t, err)
		assert.ElementsMatch(t, []license{mit, isc}, l)
	})
}
