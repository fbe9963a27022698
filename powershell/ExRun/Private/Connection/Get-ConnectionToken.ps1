function Get-ConnectionToken {
    <#
    .SYNOPSIS
        The access token of a connection, as a SecureString.
    #>
    [CmdletBinding()]
    [OutputType([securestring])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [string] $Name
    )

    $session = Get-Connection -Cmdlet $Cmdlet -Name $Name
    if ($null -eq $session) {
        Stop-Attempt (New-ExRunException -Name 'CredentialMissing' -Message 'give -AccessToken, or connect once with Connect-ExRun')
    }
    $reply = Invoke-NativeOperation -Function 'exrun_token_acquire' -Request @{} -Session $session
    return New-SecureStringFromSecret -Secret $reply.accessTokenSecret
}
