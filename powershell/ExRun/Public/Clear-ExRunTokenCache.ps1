function Clear-ExRunTokenCache {
    <#
    .SYNOPSIS
        Forgets the tokens that Connect-ExRun -PersistTokens kept on this machine.
    .DESCRIPTION
        Removes the encrypted file with the tokens of this user, those of every app and person, and its key from
        Credential Manager, the Keychain or the Secret Service. Whoever connects next has to sign in. Connections that
        exist go on with the token that they have; Disconnect-ExRun ends them.

        The tokens themselves live on until they end: to keep a person's sign-in from being used, revoke it in the tenant.
    .EXAMPLE
        Disconnect-ExRun
        Clear-ExRunTokenCache

        Leaves nothing behind to sign in with.
    .EXAMPLE
        Clear-ExRunTokenCache -WhatIf

        Says what would be forgotten, and forgets nothing.
    .OUTPUTS
        Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([void])]
    param()

    Enter-Command -Cmdlet $PSCmdlet
    Invoke-Guarded -Cmdlet $PSCmdlet -Do {
        if ($PSCmdlet.ShouldProcess('the tokens that were kept for later sessions', 'Forget')) {
            $cleared = Invoke-NativeOperation -Function 'exrun_token_cache_clear' -Request @{}
            Write-Verbose $(if ($cleared.removed) { 'removed {0}' -f $cleared.file } else { 'there is no {0}: nothing was kept' -f $cleared.file })
        }
    }
}
