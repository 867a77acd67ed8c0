"""What stewards do: invitations, applications, the settings of the network."""
