package cli

import "github.com/spf13/cobra"

func (a *app) simulate() *cobra.Command { return &cobra.Command{Use: "simulate", GroupID: groupFiles} }
