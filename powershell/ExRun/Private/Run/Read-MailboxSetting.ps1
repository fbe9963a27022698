function Read-MailboxSetting {
    <#
    .SYNOPSIS
        The settings of one mailbox, or one part of them, as the body that the service answered.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $MailboxName,
        [AllowNull()] [object] $AccessToken,
        [string] $Connection,
        # One part, such as timeZone; all of them without.
        [string] $Part,
        # camel: as Graph names things, and when it was asked is added; pascal: as Outlook REST named them.
        [Parameter(Mandatory = $true)] [ValidateSet('camel', 'pascal')] [string] $Names
    )

    $session = Open-Session -Cmdlet $Cmdlet -AccessToken $AccessToken -Connection $Connection -MailboxName $MailboxName
    try {
        $request = @{ mailbox = $MailboxName; part = $(if ($Part) { $Part }); names = $Names }
        $settings = Invoke-NativeOperation -Function 'exrun_mailbox_settings_get' -Request $request -Session $session
    } finally {
        if (-not $session.Shared) { [void] $session.Native::exrun_client_free($session.Client) }
    }
    if ($Names -eq 'camel') {
        $now = [psnoteproperty]::new('DateTimeRESTOperation', [datetime]::Now.ToString('s'))
        $settings.PSObject.Properties.Add($now)
    }
    return $settings
}
