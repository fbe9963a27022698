function Read-MailboxSetting {
    <#
    .SYNOPSIS
        The settings of one mailbox, or one part of them, as the body that the service answered.
    .DESCRIPTION
        With names as Outlook REST had them; by a name of the command that begins with EXR as Graph has them, and with
        when it was asked.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $MailboxName,
        [AllowNull()] [object] $AccessToken,
        [string] $Connection,
        # One part, such as timeZone; all of them without.
        [string] $Part
    )

    $names = if ($Cmdlet.MyInvocation.MyCommand.Name -match 'EXR(Mailbox|AutomaticReplies)') { 'camel' } else { 'pascal' }
    $session = Open-Session -Cmdlet $Cmdlet -AccessToken $AccessToken -Connection $Connection -MailboxName $MailboxName
    $settings = Use-Session $session {
        $request = @{ mailbox = $MailboxName; part = $(if ($Part) { $Part }); names = $names }
        Invoke-NativeOperation -Function 'exrun_mailbox_settings_get' -Request $request -Session $session
    }
    if ($names -eq 'camel') {
        $now = [psnoteproperty]::new('DateTimeRESTOperation', [datetime]::Now.ToString('s'))
        $settings.PSObject.Properties.Add($now)
    }
    return $settings
}
