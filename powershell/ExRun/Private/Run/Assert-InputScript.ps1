function Assert-InputScript {
    <#
    .SYNOPSIS
        Throws where a script block is given and no input that it could be called for.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet)

    if ($Cmdlet.MyInvocation.BoundParameters.ContainsKey('Mailboxes') -or $Cmdlet.MyInvocation.ExpectingInput) { return }
    Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message (
        'a script block needs the mailboxes as input; with -All and -Group the library lists them itself: a path or a body may be text with {UserPrincipalName}, {DisplayName}, {Mail} or {Id} in it'))
}
