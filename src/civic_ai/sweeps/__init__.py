"""Many runs of one pilot with some settings changed, on the test periods only: the lockbox stays shut."""
